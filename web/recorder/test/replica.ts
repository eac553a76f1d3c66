/**
 * What a player makes of a recording, as a tree and no more: strict, so that an event that names a
 * node which is not there, or a child whose place nobody knows, is an error and not a picture.
 */
import type { Mutation, Node } from "../src/events";

interface Twin {
  id: number;
  tag: string;
  text: string;
  attributes: Record<string, unknown>;
  parent: Twin | null;
  isShadow: boolean;
  children: Twin[];
}

export interface Replica {
  /** Plays one event. */
  play(event: { type: number; data: Record<string, unknown> }): void;
  /** What stands in the body, in one line; shadow roots before children. */
  body(): string;
  /** Everything that could not be played. */
  readonly errors: string[];
}

/** A player that has seen nothing. */
export function createReplica(): Replica {
  const all = new Map<number, Twin>();
  const errors: string[] = [];
  let top: Twin | null = null;

  const enter = (node: Node, parent: Twin | null): Twin => {
    if (all.has(node.id)) errors.push(`node ${node.id} is there twice`);
    const twin: Twin = {
      id: node.id,
      tag: node.type === 2 ? (node.tagName ?? "") : node.type === 3 ? "#text" : `#${node.type}`,
      text: node.textContent ?? "",
      attributes: { ...node.attributes },
      parent,
      isShadow: node.isShadow === true,
      children: [],
    };
    all.set(node.id, twin);
    twin.children = (node.childNodes ?? []).map((child) => enter(child, twin));
    return twin;
  };
  const leave = (twin: Twin) => {
    all.delete(twin.id);
    for (const child of twin.children) leave(child);
  };
  const mutate = ({ removes, adds, texts, attributes }: Mutation) => {
    for (const { id, parentId } of removes) {
      const twin = all.get(id);
      // It went with what it hung on.
      if (!twin) continue;
      if (twin.parent?.id !== parentId)
        errors.push(`${id} hangs on ${twin.parent?.id}, not on ${parentId}`);
      twin.parent?.children.splice(twin.parent.children.indexOf(twin), 1);
      leave(twin);
    }
    for (const { parentId, nextId, node } of adds) {
      const parent = all.get(parentId);
      if (!parent) {
        errors.push(`no parent ${parentId} for ${node.id}`);
        continue;
      }
      const next = nextId === null ? null : all.get(nextId);
      if (nextId !== null && next?.parent !== parent)
        errors.push(`${node.id} is to stand before ${nextId}, which is not there`);
      const place = next ? parent.children.indexOf(next) : parent.children.length;
      parent.children.splice(place, 0, enter(node, parent));
    }
    for (const { id, value } of texts) {
      const twin = all.get(id);
      if (twin) twin.text = value ?? "";
      else errors.push(`no text ${id}`);
    }
    for (const { id, attributes: changed } of attributes) {
      const twin = all.get(id);
      if (twin) Object.assign(twin.attributes, changed);
      else errors.push(`no element ${id}`);
    }
  };
  const line = (twin: Twin): string => {
    if (twin.tag === "#text") return JSON.stringify(twin.text);
    const name = `${twin.tag}.${twin.attributes.class ?? ""}`;
    const inner = (isShadow: boolean) =>
      twin.children.filter((child) => child.isShadow === isShadow).map(line);
    if (twin.tag === "#0") return inner(false).join("");
    const shadow = inner(true);
    return `<${name}${shadow.length ? ` shadow(${shadow.join("")})` : ""}>${inner(false).join("")}</>`;
  };
  return {
    errors,
    play({ type, data }) {
      if (type === 2) {
        all.clear();
        top = enter(data.node as Node, null);
      } else if (type === 3 && data.source === 0) mutate(data as unknown as Mutation);
    },
    body() {
      const html = top?.children.find(({ tag }) => tag === "html");
      const body = html?.children.find(({ tag }) => tag === "body");
      return body ? line(body) : "";
    },
  };
}

/** The live page in the words of `body`. Runs in the page. */
export function liveBody(): string {
  const line = (node: Node_): string => {
    if (node.nodeType === 3) return JSON.stringify(node.textContent ?? "");
    if (node.nodeType !== 1) return "";
    const element = node as unknown as Element;
    const name = `${element.localName}.${element.getAttribute("class") ?? ""}`;
    const isClosed = /^(script|style|textarea|iframe)$/.test(element.localName);
    const children = (of: ParentNode) => [...of.childNodes].map((each) => line(each as never));
    const shadow = element.shadowRoot ? children(element.shadowRoot) : [];
    const framed = (element as HTMLIFrameElement).contentDocument;
    const inner = framed ? children(framed) : isClosed ? [] : children(element);
    return `<${name}${shadow.length ? ` shadow(${shadow.join("")})` : ""}>${inner.join("")}</>`;
  };
  type Node_ = { nodeType: number; textContent: string | null };
  return line(document.body as never);
}
