/**
 * What one CBOR item says (RFC 8949), as far as AWS's protocol `rpc-v2-cbor` sends it: tags are passed over, so an
 * instant is its seconds; bytes are told as hexadecimal digits.
 *
 * @throws Error where the bytes end too early, go on after the item, or have a form that AWS does not send.
 */
export function fromCbor(bytes: Buffer): unknown {
  const reader = new CborReader(bytes);
  const item = reader.item();
  if (!reader.atEnd) throw new Error("bytes follow the CBOR item");
  return item;
}

/** Additional information of an item whose length is not told: a break ends it. */
const INDEFINITE = 31;
const BREAK = 0xff;

/** Bytes that a number takes which does not fit into the initial byte, by additional information. */
const NUMBER_BYTES: Readonly<Record<number, number>> = { 24: 1, 25: 2, 26: 4, 27: 8 };

/** Simple values, by additional information; AWS sends no other. */
const SIMPLE: Readonly<Record<number, unknown>> = { 20: false, 21: true, 22: null, 23: undefined };

class CborReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  item(): unknown {
    const initial = this.take(1).readUInt8();
    const [major, info] = [initial >> 5, initial & 0x1f];
    switch (major) {
      case 0:
        return this.number(info);
      case 1:
        return -1 - this.number(info);
      case 2:
      case 3:
        return this.string(major, info);
      case 4:
        return this.items(info, 1);
      case 5: {
        const flat = this.items(info, 2);
        return Object.fromEntries(flat.flatMap((key, k) => (k % 2 === 0 ? [[String(key), flat[k + 1]]] : [])));
      }
      case 6:
        this.number(info);
        return this.item();
      default:
        return this.simple(info);
    }
  }

  /** As many items as are told, `times` over, or those up to the break. */
  private items(info: number, times: number): unknown[] {
    const items: unknown[] = [];
    if (info === INDEFINITE) {
      while (!this.ends()) items.push(this.item());
    } else {
      for (let left = this.number(info) * times; left > 0; left--) items.push(this.item());
    }
    return items;
  }

  private string(major: number, info: number): string {
    // One without a length comes in pieces, each a string with one.
    if (info === INDEFINITE) return this.items(info, 1).join("");
    return this.take(this.number(info)).toString(major === 2 ? "hex" : "utf8");
  }

  private number(info: number): number {
    if (info < 24) return info;
    const length = NUMBER_BYTES[info];
    if (length === undefined) throw new Error(`a CBOR number of an unknown length: ${info}`);
    return length === 8 ? Number(this.take(8).readBigUInt64BE()) : this.take(length).readUIntBE(0, length);
  }

  private simple(info: number): unknown {
    if (info === 26) return this.take(4).readFloatBE();
    if (info === 27) return this.take(8).readDoubleBE();
    if (!(info in SIMPLE)) throw new Error(`a CBOR value of an unknown kind: ${info}`);
    return SIMPLE[info];
  }

  /** Whether a break is next, which is then passed. */
  private ends(): boolean {
    if (this.bytes[this.at] !== BREAK) return false;
    this.at++;
    return true;
  }

  private take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new Error("the CBOR item ends too early");
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}
