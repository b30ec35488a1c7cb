/** A `qualys-registry` target as the configuration has it, validated there. */
export interface RegistryTarget {
  scanner: 'qualys-registry';
  /** A reference with a tag, a digest or both, or an image id. */
  image: string;
  digest?: string | undefined;
  /** How old the newest scan of the image may be. Default 7d. */
  maxAge?: string | undefined;
  /** Start a scan of the registry for this tag and wait for it; `force`: also of what was scanned before. */
  scanNow?: boolean | 'force' | undefined;
}
