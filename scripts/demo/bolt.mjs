/**
 * Writes a BoltDB file (https://github.com/etcd-io/bbolt, page.go and db.go, format version 2) from nested objects:
 * an object is a bucket, a string is a value. Just enough for a small database that a scanner opens: everything
 * lies in one leaf page, and the buckets in it are inline.
 */
const PAGE_BYTES = 4096;
const PAGE_HEADER_BYTES = 16;
const LEAF_ELEMENT_BYTES = 16;
const BUCKET_HEADER_BYTES = 16;
const FLAG = { leaf: 0x02, meta: 0x04, freelist: 0x10, bucketElement: 0x01 };
const MAGIC = 0xed0cdaed;
const VERSION = 2;
const ROOT_PAGE = 3;

export function boltFile(buckets) {
  const root = leafPage(ROOT_PAGE, buckets);
  const rootPages = Math.ceil(root.length / PAGE_BYTES);
  root.writeUInt32LE(rootPages - 1, 12);
  const pageCount = ROOT_PAGE + rootPages;
  const file = Buffer.alloc(pageCount * PAGE_BYTES);
  metaPage(0, pageCount).copy(file, 0);
  metaPage(1, pageCount).copy(file, PAGE_BYTES);
  pageHeader(2, FLAG.freelist, 0).copy(file, 2 * PAGE_BYTES);
  root.copy(file, ROOT_PAGE * PAGE_BYTES);
  return file;
}

function pageHeader(id, flags, count) {
  const header = Buffer.alloc(PAGE_HEADER_BYTES);
  header.writeBigUInt64LE(BigInt(id), 0);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(count, 10);
  return header;
}

function metaPage(id, pageCount) {
  const meta = Buffer.alloc(64);
  meta.writeUInt32LE(MAGIC, 0);
  meta.writeUInt32LE(VERSION, 4);
  meta.writeUInt32LE(PAGE_BYTES, 8);
  meta.writeBigUInt64LE(BigInt(ROOT_PAGE), 16);
  meta.writeBigUInt64LE(2n, 32);
  meta.writeBigUInt64LE(BigInt(pageCount), 40);
  meta.writeBigUInt64LE(BigInt(id), 48);
  meta.writeBigUInt64LE(fnv1a64(meta.subarray(0, 56)), 56);
  return Buffer.concat([pageHeader(id, FLAG.meta, 0), meta]);
}

function leafPage(id, members) {
  const entries = Object.entries(members)
    .map(([key, value]) => ({ key: Buffer.from(key), ...leafValue(value) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const elements = Buffer.alloc(entries.length * LEAF_ELEMENT_BYTES);
  const data = [];
  let dataBytes = 0;
  for (const [index, { key, value, flags }] of entries.entries()) {
    const at = index * LEAF_ELEMENT_BYTES;
    elements.writeUInt32LE(flags, at);
    elements.writeUInt32LE(elements.length - at + dataBytes, at + 4);
    elements.writeUInt32LE(key.length, at + 8);
    elements.writeUInt32LE(value.length, at + 12);
    data.push(key, value);
    dataBytes += key.length + value.length;
  }
  return Buffer.concat([pageHeader(id, FLAG.leaf, entries.length), elements, ...data]);
}

/** An inline bucket has root page 0 and its own leaf page right behind its header. */
const leafValue = (value) =>
  typeof value === 'string'
    ? { value: Buffer.from(value), flags: 0 }
    : { value: Buffer.concat([Buffer.alloc(BUCKET_HEADER_BYTES), leafPage(0, value)]), flags: FLAG.bucketElement };

function fnv1a64(bytes) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
