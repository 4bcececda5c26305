/** A target that gets in the way of another, which is named before it. */
export interface Rival {
  name: string;
  /** Which of its keys says so; missing: no single one does. */
  key?: string;
  /** In what way, for a person. */
  message: string;
}
