/** A `qualys-runtime` target as the configuration has it, validated there. */
export interface RuntimeTarget {
  scanner: 'qualys-runtime';
  /** A reference with a tag, a digest or both, an image id, or a repository: every image of it. */
  image: string;
  digest?: string | undefined;
  /** How long ago a running container may have been seen last. Default 24h. */
  maxAge?: string | undefined;
  /** Central policies, by name or id, that must not deny the image. */
  policies?: string[] | undefined;
}
