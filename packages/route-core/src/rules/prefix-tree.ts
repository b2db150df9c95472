/** Where a node's fields lie from its beginning; the characters of its piece follow. */
const LENGTH = 0;
const FIRST_CHILD = 1;
const NEXT_SIBLING = 2;
const VALUE = 3;
const PIECE = 4;
const NONE = -1;

/**
 * A radix tree of prefixes in one list of numbers, nodes one after the other: what lies apart is what costs time here. A
 * prefix is known by its place in the list that the tree was made of.
 */
export type PrefixTree = readonly number[];

/** @param prefixes each once; plain text: `/api/v1` is a prefix of `/api/v10` */
export function compilePrefixes(prefixes: readonly string[]): PrefixTree {
  const root = new Node('');
  for (const [place, prefix] of prefixes.entries()) root.reach(prefix).value = place;
  const nodes: number[] = [];
  root.write(nodes);
  return nodes;
}

/**
 * The place of the longest prefix of a text, -1 for none. Takes time by how far the text agrees with any prefix, not by how
 * many there are.
 */
export function findLongest(nodes: PrefixTree, text: string): number {
  let node = 0;
  let found = nodes[VALUE]!;
  let at = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    let child = nodes[node + FIRST_CHILD]!;
    while (child !== NONE && nodes[child + PIECE] !== code) child = nodes[child + NEXT_SIBLING]!;
    if (child === NONE) return found;
    const length = nodes[child + LENGTH]!;
    for (let i = 1; i < length; i++) if (nodes[child + PIECE + i] !== text.charCodeAt(at + i)) return found;
    at += length;
    node = child;
    if (nodes[node + VALUE] !== NONE) found = nodes[node + VALUE]!;
  }
}

/** While the tree is built. */
class Node {
  piece: string;
  value = NONE;
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
    tail.value = this.value;
    tail.children = this.children;
    this.piece = this.piece.slice(0, length);
    this.value = NONE;
    this.children = [tail];
  }

  /** Appends this node and all below it; returns where it begins. */
  write(nodes: number[]): number {
    const at = nodes.length;
    nodes.push(this.piece.length, NONE, NONE, this.value);
    for (let i = 0; i < this.piece.length; i++) nodes.push(this.piece.charCodeAt(i));
    let link = at + FIRST_CHILD;
    for (const child of this.children) {
      nodes[link] = nodes.length;
      link = child.write(nodes) + NEXT_SIBLING;
    }
    return at;
  }
}
