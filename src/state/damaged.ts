/** State on disk that cannot be used. The message names the file and the way out. */
export class StateDamaged extends Error {
  override readonly name = "StateDamaged";
}
