/** So many pages of a source are delivered at once at most: while the collector answers one, others are mapped. */
export const MOST_PAGES = 6
