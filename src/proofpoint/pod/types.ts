/** The types of the PoD Log API; each is a stream of its own, with one session per token. */
export const podTypes = ['message', 'maillog', 'audit'] as const
export type PodType = (typeof podTypes)[number]
