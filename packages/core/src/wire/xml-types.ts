/** An element without its namespace prefix. `text` is its own text and CDATA, in order, untrimmed. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
  /** How much of the parent's text stands before this element; only where that text says something. See {@link flowText}. */
  offset?: number;
}

export interface XmlRecord {
  /** Path of local names from the root: `NessusClientData_v2/Report/ReportHost/ReportItem`. */
  at: string;
  /** The element; of one that holds records, without them. */
  element: XmlElement;
  /** The enclosing elements, root first, as far as they were read and without their records. */
  scope: XmlElement[];
}

export interface XmlWalkOptions {
  /**
   * Paths of the elements that are records; `*` stands for any one name, `**` for any number of elements, none
   * included. What `**` passes over is dropped as it closes, the rest of its content with it. Elements on the way are
   * records too, when they close, without what was streamed out of them. They stay in their parent, unless
   * their own path is listed: list every element on the way that repeats without bound.
   */
  records: readonly string[];
  /** Names of elements inside records that are not kept, nor what is in them: request headers, response bodies. */
  skip?: readonly string[];
}
