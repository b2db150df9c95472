/** Where a node's fields lie from its beginning; the characters of its piece follow. 0 = none, for places one more. */
const LENGTH = 0;
const FIRST_CHILD = 1;
const NEXT_SIBLING = 2;
const EXACT = 3;
const PREFIX = 4;
const PIECE = 5;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;

/**
 * A radix tree of paths in one list of numbers, nodes one after the other: what lies apart is what costs time here. A path is
 * known by its place: exact ones first, in the order given, then prefixes.
 */
export type PathTree = Uint16Array | Int32Array;

/** @param exact each once. @param prefixes each once; plain text: `/api/v1` is a prefix of `/api/v10` */
export function compilePaths(exact: readonly string[], prefixes: readonly string[]): PathTree {
  const root = new Node('');
  for (const [at, path] of exact.entries()) root.reach(path).exact = at + 1;
  for (const [at, path] of prefixes.entries()) root.reach(path).prefix = exact.length + at + 1;
  const nodes: number[] = [];
  root.write(nodes);
  return nodes.length > 0xffff ? Int32Array.from(nodes) : Uint16Array.from(nodes);
}

/**
 * The place of a path: of the exact one, else of its longest prefix; -1 for none. A query or fragment after the path is not
 * looked at. Takes time by how far the path agrees with any in the tree, not by how many there are nor how long it is.
 */
export function findPlace(nodes: PathTree, path: string): number {
  let node = 0;
  let prefix = nodes[PREFIX]!;
  let at = 0;
  while (at < path.length) {
    const code = path.charCodeAt(at);
    if (code === QUESTION_MARK || code === NUMBER_SIGN) break;
    let child = nodes[node + FIRST_CHILD]!;
    while (child !== 0 && nodes[child + PIECE] !== code) child = nodes[child + NEXT_SIBLING]!;
    if (child === 0) return prefix - 1;
    const length = nodes[child + LENGTH]!;
    for (let i = 1; i < length; i++) if (nodes[child + PIECE + i] !== path.charCodeAt(at + i)) return prefix - 1;
    at += length;
    node = child;
    if (nodes[node + PREFIX] !== 0) prefix = nodes[node + PREFIX]!;
  }
  return (nodes[node + EXACT] || prefix) - 1;
}

/** While the tree is built. */
class Node {
  piece: string;
  exact = 0;
  prefix = 0;
  children: Node[] = [];

  constructor(piece: string) {
    this.piece = piece;
  }

  /** The node that a text leads to, split off where it was in the middle of a piece. */
  reach(text: string): Node {
    let node: Node = this;
    let rest = text;
    while (rest !== '') {
      const child = node.children.find(({ piece }) => piece[0] === rest[0]);
      if (child === undefined) return node.#add(new Node(rest));
      let common = 1;
      while (common < child.piece.length && child.piece[common] === rest[common]) common++;
      if (common < child.piece.length) child.#splitAt(common);
      rest = rest.slice(common);
      node = child;
    }
    return node;
  }

  #add(child: Node): Node {
    this.children.push(child);
    return child;
  }

  #splitAt(length: number): void {
    const tail = new Node(this.piece.slice(length));
    tail.exact = this.exact;
    tail.prefix = this.prefix;
    tail.children = this.children;
    this.piece = this.piece.slice(0, length);
    this.exact = 0;
    this.prefix = 0;
    this.children = [tail];
  }

  /** Appends this node and all below it; returns where it begins. */
  write(nodes: number[]): number {
    const at = nodes.length;
    nodes.push(this.piece.length, 0, 0, this.exact, this.prefix);
    for (let i = 0; i < this.piece.length; i++) nodes.push(this.piece.charCodeAt(i));
    let link = at + FIRST_CHILD;
    for (const child of this.children) {
      nodes[link] = nodes.length;
      link = child.write(nodes) + NEXT_SIBLING;
    }
    return at;
  }
}
