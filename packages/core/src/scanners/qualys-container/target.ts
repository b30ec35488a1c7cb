/** A `qualys-container` target as the configuration has it, validated there. */
export interface ContainerTarget {
  scanner: 'qualys-container';
  /** A reference with a tag, a digest or both, or an image id of 12 or 64 hex digits. */
  image: string;
  /** `sha256:` and 64 hex digits: the image must have it, whatever `image` says. */
  digest?: string | undefined;
  /** How old the scan may be of an image that is known by a name alone. Default 24h. */
  maxAge?: string | undefined;
  /** Settings of the program `qscanner`; there, it scans in place of the sensor. Checked by its own schema. */
  qscanner?: object | undefined;
}
