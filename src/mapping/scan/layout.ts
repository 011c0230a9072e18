/**
 * What the two halves of the scanner agree on: the one in assembly/, which finds and copies, and that in JavaScript, which reads
 * the findings. Both compilers read this file, so that it holds plain numbers only. Places are those in the memory of
 * the scanner; the text begins at 0.
 */

/** What a function of the scanner returns in place of where something ends: the whole text is to be read in another way. */
export const NOT_PLAIN = -1
/** The same in place of a number that there is none of; the text goes on. */
export const NONE = -1

/** Larger texts are not plain: they are rare. */
export const MOST_TEXT = 1_000_000
/**
 * A zero ends the text; what is looked at behind it, no further than a spelling is long, decides nothing. Nor does what is
 * written behind the texts that were found, which are copied sixteen bytes at a time.
 */
export const PADDING = 64

// All places and sizes from here on are multiples of four, since JavaScript sees words.

/** What was found, in the order of the text. */
export const FINDINGS = MOST_TEXT + PADDING
/** What, the number of the node in its tree, and three numbers that depend on what it is. */
export const FINDING_BYTES = 24
export const FINDING_NODE = 4
export const FINDING_FIRST = 8
export const FINDING_SECOND = 12
export const FINDING_THIRD = 16
/** Of a value: the place of the next one of its slot, 0 for none. */
export const FINDING_NEXT = 20
/** A text with as many is not plain. */
const MOST_FINDINGS = 20_000
/** The places of the findings that JavaScript has to look at, in order; the others are there for whom their slot is asked for. */
export const TOLD = FINDINGS + FINDING_BYTES * MOST_FINDINGS
/** What is to be cut out of the text, since it is message content: from, to, and again, in order. */
export const CUTS = TOLD + 4 * MOST_FINDINGS
/** A text with more of them is not plain. */
export const MOST_CUTS = 10_000
export const CUT_COUNT = CUTS + 8 * MOST_CUTS
/** The numbers of the nodes that were cut out, each once, in the order of the text, and how many there are: no tree has more. */
export const CUT_NODES = CUT_COUNT + 4
const MOST_CUT_NODES = 2
export const CUT_NODE_COUNT = CUT_NODES + 4 * MOST_CUT_NODES
/** A bit for each container that is being skipped, of which a text has no more than bytes: whether it is an object. */
export const OPENED = CUT_NODE_COUNT + 4
/** The texts that were found, one after the other, as they read. Those with other escapes than `\"`, `\\` and `\/` stay where they are. */
export const TEXTS = OPENED + MOST_TEXT / 8
/** The number of the text, in 64 bits: one that came again would bring back what was found before. */
export const SCAN = TEXTS + MOST_TEXT + PADDING
/** How many bytes the texts have that were found. */
export const TEXT_BYTES = SCAN + 8
/** How many facts were not copied, and how many bytes the others have. */
export const ASKED_COUNT = TEXT_BYTES + 4
export const COPIED_BYTES = ASKED_COUNT + 4
/** There are no more in a table. */
export const MOST_FACTS = 1_000
/** Of each fact whether it, or one before it of the same name, was copied with something to say. */
export const SAID = COPIED_BYTES + 4
/** The facts that were not: the number of each, and how many bytes those before it have. */
export const ASKED = SAID + 4 * MOST_FACTS
/** The facts that were copied, as OTLP has attributes of a record. */
export const KEY_VALUES = ASKED + 8 * MOST_FACTS
/** A hundred times what a message has. */
export const KEY_VALUES_BYTES = 256 * 1024
/** The trees of known paths, each with its root first and its slots behind, and the facts to copy. */
export const TREES = KEY_VALUES + KEY_VALUES_BYTES + PADDING

// What was found. Of values the third number is the row: which element of its list it stands in, counted over the event.

/** A text in ASCII without blanks around it, neither empty nor long: from, to among `TEXTS`. */
export const BARE_TEXT = 0
/** Any other text in ASCII: the same. */
export const TEXT = 1
/** The same two, beyond ASCII. */
export const BARE_BEYOND_ASCII = 2
export const TEXT_BEYOND_ASCII = 3
/** A text with other escapes: the place of its opening quote and its end in the text that was scanned. */
export const TEXT_WITH_ESCAPES = 4
/** A whole number of up to nine digits without a sign: itself. */
export const INTEGER = 5
/** Any other number: from, to among `TEXTS`. */
export const NUMBER = 6
/** 1 for true. */
export const BOOLEAN = 7
/** No value, but something where none of its type is known: its first byte. */
export const UNEXPECTED = 8
/** No value, but an unknown member: the place of its key, the end of its value, the number of its object. */
export const UNKNOWN = 9
/** In an entry, in place of what a finding is: the rule had nothing to say. */
export const NOTHING = 10
/** Wanted of a slot that counts elements, in place of what its values are. */
export const COUNT = 11

/** A node, mostly four bytes a field. First what changes: the number of the object in which it was met last. */
export const MET_IN = 0
/** Which sibling came after it: the last one, and the last other one. */
export const NEXT = 4
export const OTHER_NEXT = 8
/** The same of its first child. */
export const FIRST = 12
export const OTHER_FIRST = 16
/** How many bytes its member has from the key's opening quote to the colon, as it was written last; 0 when that is not kept. */
export const SPELT = 20
/** Of elements: the text in which they were met last, and how many there were. */
export const ROWS_IN = 24
export const ROWS = 32
export const FLAGS = 36
/** Its elements, when a list is known here. */
export const ELEMENTS = 40
/** The slot of the values that stand here, and that which counts these elements; 0 for none. */
export const SLOT = 44
export const COUNT_SLOT = 48
/** What was written so. */
export const SPELLING = 52
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
export const HAS_LEAF = 64
/** Nothing is to be told of a text that stands here, of a boolean, of an `INTEGER`, or of what is one of these (assembly/notations.ts). */
export const FITS_TEXT = 128
export const FITS_BOOLEAN = 256
export const FITS_NUMBER = 512
export const FITS_MODEST_NUMBER = 1024
export const FITS_TIME = 2048
export const FITS_IPV4 = 4096

/** A slot: the text in which something was found for it last. */
export const FOUND_IN = 0
/** Its findings, the first and the last; of a slot that counts, in place of the first, how many elements. */
export const FIRST_FINDING = 8
export const LAST_FINDING = 12
/** The elements of the list, of a slot with a value an element; else 0. */
export const LIST = 16
export const SLOT_BYTES = 20

/** A fact to copy: how, as below. */
export const HOW = 0
/** What the values must be: `BARE_TEXT`, `INTEGER`, `BOOLEAN`, or `COUNT`. */
export const WANTS = 4
/** What is made of them: `AS_FOUND`, or another thing. */
export const AS = 8
/** The place and length of its key, as it stands in an attribute. */
export const KEY = 12
export const KEY_BYTES = 16
/** The place and number of the places of its slots. */
export const SLOTS = 20
export const SLOT_COUNT = 24
/** How many elements it may have. */
export const MOST_ELEMENTS = 28
/** Which texts: `ANY_TEXT`, or others are not copied. */
export const ONLY = 32
/** The number of the fact before that has the same name: when that one was copied, this one does not count. -1 for none. */
export const BEFORE = 36
/** The place and length of a text that need not be said; of none the length is 0. */
export const NEEDLESS = 40
export const NEEDLESS_BYTES = 44
/** Of a fact that is said again: the place of its entries. */
export const REMEMBERED = 48
export const FACT_BYTES = 52

// As what.

export const AS_FOUND = 0
export const IN_LOWER_CASE = 1
/** Without `<` and `>` around it. */
export const WITHOUT_BRACKETS = 2
/** Of a number that is seconds. */
export const IN_NANOSECONDS = 3

// Which texts.

export const ANY_TEXT = 0
/** A mail address as `address` writes it (values/address.ts). */
export const MAIL_ADDRESS = 1
export const IPV4_ADDRESS = 2

// How.

/** It is not copied. */
export const NOT = 0
/** The value of the first slot that says something. */
export const ONE = 1
/** The same for slots with columns: each value; a value for each row, '' where there is none; the first value. */
export const EACH = 2
export const ALIGNED = 3
export const FIRST_OF = 4
/** Whether any is true. */
export const ANY = 5
/** As `EACH`, as long as no two are equal as they stand. */
export const EACH_ONCE = 6
/** As `ALIGNED` for the first slot, as long as there are no rows of the slots from the fourth on. */
export const STACKED = 7
/** Of the second slot in the row where the first is true, or else of the third, which has no rows. */
export const FINAL = 8
/** Of the first slot, or else the fourth, in each row where the second begins with `attach` or the third is true. */
export const ATTACHED = 9
/** As its rule said it of the same text before. */
export const AGAIN = 10

/**
 * An entry: what a rule said, laid out as a finding, then the text of which it said it, then what it said if that is a text. Without
 * a text it is empty.
 */
export const TEXT_LENGTH = FINDING_BYTES
export const TEXT_AT = TEXT_LENGTH + 4
export const MOST_REMEMBERED = 48
export const ANSWER_AT = TEXT_AT + MOST_REMEMBERED
/** Makes an entry 128 bytes. */
export const MOST_ANSWER = 52
export const ENTRY_BYTES = ANSWER_AT + MOST_ANSWER
/** Of a fact; each text has one place where it can be. A power of two. */
export const ENTRIES = 64
