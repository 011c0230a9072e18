/**
 * What the two halves of the scanner agree on: the one in assembly/, which finds, and that in JavaScript, which fills slots
 * from the findings. Both compilers read this file, so that it holds plain numbers only. Places are those in the memory of
 * the scanner; the text begins at 0.
 */

/** What a function of the scanner returns in place of where something ends. */
export const NOT_PLAIN = -1

/** Larger texts are not plain: they are rare. */
export const MOST_TEXT = 1_000_000
/**
 * A zero ends the text; what is looked at behind it, no further than a spelling is long, decides nothing. Nor does what is
 * written behind the texts that were found, which are copied sixteen bytes at a time.
 */
const PADDING = 64

// All places and sizes from here on are multiples of four, since JavaScript sees words.

/** What was found, in the order of the text. */
export const FINDINGS = MOST_TEXT + PADDING
/** Five whole numbers: what, the number of the node in its tree, and three that depend on what it is. */
export const FINDING_BYTES = 20
export const FINDING_NODE = 4
export const FINDING_FIRST = 8
export const FINDING_SECOND = 12
export const FINDING_THIRD = 16
/** A text with as many is not plain. */
const MOST_FINDINGS = 20_000
/** A bit for each container that is being skipped, of which a text has no more than bytes: whether it is an object. */
export const OPENED = FINDINGS + FINDING_BYTES * MOST_FINDINGS
/** The texts that were found, one after the other; those with escapes or beyond ASCII stay where they are. */
export const TEXTS = OPENED + MOST_TEXT / 8
/** The trees of known paths, each with its root first. */
export const NODES = TEXTS + MOST_TEXT + PADDING

// Of values the third number is the row: which element of their list they stand in, counted over the event.

/** A text to be kept as its place among `TEXTS`: from, to. */
export const SPAN = 0
/** Any other text in ASCII: from, to among `TEXTS`. */
export const TEXT = 1
/** A text beyond ASCII, or with escapes: the place of its opening quote and its end in the text that was scanned. */
export const TEXT_BEYOND_ASCII = 2
export const TEXT_WITH_ESCAPES = 3
/** A whole number of up to nine digits without a sign: itself. */
export const INTEGER = 4
/** Any other number: from, to among `TEXTS`. */
export const NUMBER = 5
/** 1 for true. */
export const BOOLEAN = 6
/** A value where none of its type is known: its first byte. */
export const UNEXPECTED = 7
/** A list of so many elements begins, one at least. */
export const LIST = 8
/** How many elements a list had. */
export const COUNT = 9
/** An unknown member: the place of its key, the end of its value, the number of its object. */
export const UNKNOWN = 10
/** A member with message content: what to cut, from, to. */
export const CUT = 11

/** A node, four bytes a field. First what changes: the number of the object in which it was met last; of elements, of the text. */
export const MET_IN = 0
/** Which sibling came after it: the last one, and the last other one. */
export const NEXT = 4
export const OTHER_NEXT = 8
/** The same of its first child. */
export const FIRST = 12
export const OTHER_FIRST = 16
/** How many bytes its member has from the key's opening quote to the colon, as it was written last; 0 when that is not kept. */
export const SPELT = 20
export const FLAGS = 24
/** Its elements, when a list is known here. */
export const ELEMENTS = 28
/** Of elements: how many there were in the text in which they were met last. */
export const ROWS = 32
/** What was written so. */
export const SPELLING = 36
/** Longer keys are not kept. Sixteen bytes are compared at once. */
export const MOST_SPELT = 48
export const NODE_BYTES = SPELLING + MOST_SPELT

/** A single value stands here. */
export const IS_SINGLE = 1
/** Whatever stands here stays in the body. */
export const IS_BODY = 2
/** Message content stands here. */
export const IS_CONTENT = 4
/** Message content stands in a child. */
export const HOLDS_CONTENT = 8
export const HAS_CHILDREN = 16
/** Its slots get a value an element. */
export const HAS_COLUMNS = 32
/** A slot counts these elements. */
export const IS_COUNTED = 64
export const HAS_LEAF = 128
/** A slot takes a text as it is. */
export const TAKES_SPANS = 256
/** Nothing is asked of a text that stands here, of a boolean, of a whole number. */
export const IGNORES_TEXT = 512
export const IGNORES_BOOLEAN = 1024
export const IGNORES_INTEGER = 2048
