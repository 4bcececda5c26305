/** MISP takes a time to begin with only together with one to end with. Clocks of authors may be far ahead. Unix seconds. */
export const END_OF_TIME = Date.UTC(9999) / 1000;
