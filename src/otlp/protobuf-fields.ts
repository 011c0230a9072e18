/** One field of a protobuf message: a varint as a bigint, everything else as its bytes. */
export interface ProtobufField {
  readonly number: number
  readonly value: bigint | Uint8Array
}

/** Reads the fields of a message. Throws a RangeError for whatever is not one: answers of strangers are read with it. */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) break
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw new RangeError('not a varint')
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError('the message breaks off')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    if (number === 0) throw new RangeError('no field has the number 0')
    yield { number, value: readValue(Number(tag & 7n), varint, take) }
  }
}

function readValue(
  wireType: number,
  varint: () => bigint,
  take: (length: number) => Uint8Array,
): bigint | Uint8Array {
  switch (wireType) {
    case 0:
      return varint()
    case 1:
      return take(8)
    case 2:
      return take(Number(varint()))
    case 5:
      return take(4)
    default:
      throw new RangeError(`wire type ${wireType} is not in use`)
  }
}
