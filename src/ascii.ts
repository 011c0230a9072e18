/** Characters of ASCII by their codes. Read by the compiler of src/mapping/scan/assembly as well, so that it holds plain numbers only. */
export const TAB = 0x09
export const LINE_FEED = 0x0a
export const CARRIAGE_RETURN = 0x0d
export const BLANK = 0x20
export const QUOTE = 0x22
export const PLUS = 0x2b
export const COMMA = 0x2c
export const MINUS = 0x2d
export const POINT = 0x2e
export const SLASH = 0x2f
export const ZERO = 0x30
export const NINE = 0x39
export const COLON = 0x3a
export const LESS = 0x3c
export const MORE = 0x3e
export const UPPER_A = 0x41
export const UPPER_Z = 0x5a
export const OPEN_LIST = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_LIST = 0x5d
export const LOWER_A = 0x61
export const LOWER_B = 0x62
export const LOWER_E = 0x65
export const LOWER_F = 0x66
export const LOWER_N = 0x6e
export const LOWER_R = 0x72
export const LOWER_T = 0x74
export const LOWER_U = 0x75
export const LOWER_Z = 0x7a
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d

/** What makes a letter of ASCII lower case. */
export const LOWER = 0x20
