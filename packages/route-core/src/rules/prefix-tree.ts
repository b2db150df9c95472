/**
 * Finds the prefixes of a text among many: a radix tree whose edges are compared as whole pieces, so that the time depends on
 * how far the text agrees with any prefix, not on how many there are. Prefixes are plain text: `/api/v1` is one of `/api/v10`.
 */
export class PrefixTree<T> {
  readonly #root = new Node<T>('');

  /** The value of exactly this prefix, made when it is not there. */
  at(prefix: string, create: () => T): T {
    const node = this.#root.reach(prefix);
    node.value ??= { value: create(), shorter: null };
    return node.value.value;
  }

  /** Links each prefix to the next shorter one; call once after the last `at`. */
  seal(): void {
    link(this.#root, null);
  }

  /** The longest prefix of a text; follow `shorter` for the others. */
  findLongest(text: string): PrefixEntry<T> | null {
    let node = this.#root;
    let found = node.value;
    let at = 0;
    for (;;) {
      const next = node.childAt(text.charCodeAt(at));
      if (next === undefined || !text.startsWith(next.piece, at)) return found;
      at += next.piece.length;
      node = next;
      if (node.value !== null) found = node.value;
    }
  }
}

export interface PrefixEntry<T> {
  readonly value: T;
  shorter: PrefixEntry<T> | null;
}

class Node<T> {
  piece: string;
  value: PrefixEntry<T> | null = null;
  /** First characters of the children's pieces, beside the children: a handful, so a scan beats a map. */
  codes: number[] = [];
  children: Node<T>[] = [];

  constructor(piece: string) {
    this.piece = piece;
  }

  childAt(code: number): Node<T> | undefined {
    const { codes } = this;
    for (let i = 0; i < codes.length; i++) if (codes[i] === code) return this.children[i];
    return undefined;
  }

  /** The node that the rest of a text leads to, split off where it was in the middle of an edge. */
  reach(text: string): Node<T> {
    let node: Node<T> = this;
    let rest = text;
    while (rest !== '') {
      const child = node.childAt(rest.charCodeAt(0));
      if (child === undefined) return node.#add(new Node<T>(rest));
      let common = 1;
      while (common < child.piece.length && child.piece[common] === rest[common]) common++;
      if (common < child.piece.length) child.#splitAt(common);
      rest = rest.slice(common);
      node = child;
    }
    return node;
  }

  #add(child: Node<T>): Node<T> {
    this.codes.push(child.piece.charCodeAt(0));
    this.children.push(child);
    return child;
  }

  #splitAt(length: number): void {
    const tail = new Node<T>(this.piece.slice(length));
    tail.value = this.value;
    tail.codes = this.codes;
    tail.children = this.children;
    this.piece = this.piece.slice(0, length);
    this.value = null;
    this.codes = [];
    this.children = [];
    this.#add(tail);
  }
}

function link<T>(root: Node<T>, above: PrefixEntry<T> | null): void {
  const open: { node: Node<T>; shorter: PrefixEntry<T> | null }[] = [{ node: root, shorter: above }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, shorter } = next;
    if (node.value !== null) node.value.shorter = shorter;
    for (const child of node.children) open.push({ node: child, shorter: node.value ?? shorter });
  }
}
