// Where the nodes and edges of paths stand: columns of nodes by position, edges as bands whose
// thickness is their sessions. Pure arithmetic; the drawing is somebody else's.
import type { Answer } from "@hitmetrix/wire";
import { columnOf, numberAt, textAt } from "../rows.ts";

export interface Edge {
  /** Row of the answer. */
  index: number;
  step: number;
  /** Empty: the session began with the target. */
  source: string;
  /** Empty: the session ended. */
  target: string;
  sessions: number;
  share: number;
}

export interface Node {
  id: string;
  name: string;
  /** From 1. */
  position: number;
  sessions: number;
  ended: number;
  x: number;
  y: number;
  height: number;
}

export interface Band {
  edge: Edge;
  /** A closed path. */
  path: string;
}

export interface Sankey {
  width: number;
  height: number;
  nodes: Node[];
  bands: Band[];
  /** What ended or began, beside its node. */
  stubs: (Band & { node: Node; begins: boolean })[];
  positions: number;
}

export const NODE_WIDTH = 148;
const GAP = 10;
const LEAST = 20;
const STUB = 26;

export function edgesOf(answer: Answer): Edge[] {
  const at = (name: string): number => columnOf(answer, name);
  return answer.rows.map((row, index) => ({
    index,
    step: numberAt(row, at("step")) ?? 0,
    source: textAt(row, at("source")),
    target: textAt(row, at("target")),
    sessions: numberAt(row, at("sessions")) ?? 0,
    share: numberAt(row, at("share")) ?? 0,
  }));
}

const idOf = (position: number, name: string): string => `${position} ${name}`;

function nodesOf(edges: readonly Edge[]): Node[] {
  const flows = new Map<string, { node: Node; came: number; went: number }>();
  const touch = (position: number, name: string) => {
    const id = idOf(position, name);
    const known = flows.get(id);
    if (known) return known;
    const node = { id, name, position, sessions: 0, ended: 0, x: 0, y: 0, height: 0 };
    const fresh = { node, came: 0, went: 0 };
    flows.set(id, fresh);
    return fresh;
  };
  for (const edge of edges) {
    if (edge.source) {
      const from = touch(edge.step, edge.source);
      from.went += edge.sessions;
      if (!edge.target) from.node.ended += edge.sessions;
    }
    if (edge.target) touch(edge.step + 1, edge.target).came += edge.sessions;
  }
  return [...flows.values()].map(({ node, came, went }) => ({
    ...node,
    sessions: Math.max(came, went),
  }));
}

/** Sets places; a column is as high as the fullest one where all its nodes are thick enough. */
export function sankeyOf(edges: readonly Edge[], width: number, wanted: number): Sankey {
  const nodes = nodesOf(edges);
  const positions = Math.max(0, ...nodes.map(({ position }) => position));
  const first = Math.min(...nodes.map(({ position }) => position), positions);
  const columns = Array.from({ length: positions - first + 1 }, (_, index) =>
    nodes
      .filter(({ position }) => position === first + index)
      .sort((a, b) => rank(a) - rank(b) || b.sessions - a.sessions || (a.name < b.name ? -1 : 1)),
  );
  const most = Math.max(
    1,
    ...columns.map((column) => column.reduce((sum, node) => sum + node.sessions, 0)),
  );
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const scale = Math.max(1, wanted - (tallest - 1) * GAP - tallest * 4) / most;
  const step =
    columns.length > 1 ? (width - NODE_WIDTH - STUB) / (columns.length - 1) : width - NODE_WIDTH;
  let height = 0;
  columns.forEach((column, index) => {
    let y = 0;
    for (const node of column) {
      node.x = Math.round(index * step);
      node.y = y;
      node.height = Math.max(LEAST, node.sessions * scale);
      y += node.height + GAP;
    }
    height = Math.max(height, y - GAP);
  });
  const { bands, stubs } = bandsOf(edges, nodes, scale);
  return { width, height, nodes, bands, stubs, positions: columns.length };
}

/** The rest stands last in its column. */
const rank = (node: Node): number => (node.name === "(other)" ? 1 : 0);

function bandsOf(
  edges: readonly Edge[],
  nodes: readonly Node[],
  scale: number,
): Pick<Sankey, "bands" | "stubs"> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const out = new Map<string, number>();
  const into = new Map<string, number>();
  const take = (used: Map<string, number>, id: string, by: number): number => {
    const at = used.get(id) ?? 0;
    used.set(id, at + by);
    return at;
  };
  const bands: Band[] = [];
  const stubs: Sankey["stubs"] = [];
  // Bands leave and arrive in the order of the nodes at the other end, so that few cross.
  const order = (edge: Edge): number =>
    (byId.get(idOf(edge.step + 1, edge.target))?.y ?? Number.MAX_SAFE_INTEGER) * 10_000 +
    (byId.get(idOf(edge.step, edge.source))?.y ?? 0);
  for (const edge of [...edges].sort((a, b) => order(a) - order(b))) {
    const from = byId.get(idOf(edge.step, edge.source));
    const to = byId.get(idOf(edge.step + 1, edge.target));
    const thick = Math.max(1, edge.sessions * scale);
    if (from && to) {
      const y0 = from.y + take(out, from.id, thick);
      const y1 = to.y + take(into, to.id, thick);
      bands.push({ edge, path: band(from.x + NODE_WIDTH, y0, to.x, y1, thick) });
    } else if (from) {
      const y = from.y + take(out, from.id, thick);
      const x = from.x + NODE_WIDTH;
      stubs.push({ edge, node: from, begins: false, path: block(x, y, STUB - 6, thick) });
    } else if (to) {
      const y = to.y + take(into, to.id, thick);
      stubs.push({
        edge,
        node: to,
        begins: true,
        path: block(to.x - STUB + 6, y, STUB - 6, thick),
      });
    }
  }
  return { bands, stubs };
}

const round = (value: number): string => value.toFixed(1).replace(/\.0$/, "");

function band(x0: number, y0: number, x1: number, y1: number, thick: number): string {
  const middle = (x0 + x1) / 2;
  const [a, b, c, d] = [round(y0), round(y1), round(y1 + thick), round(y0 + thick)];
  const [p, m, q] = [round(x0), round(middle), round(x1)];
  return `M${p} ${a}C${m} ${a} ${m} ${b} ${q} ${b}V${c}C${m} ${c} ${m} ${d} ${p} ${d}Z`;
}

function block(x: number, y: number, wide: number, thick: number): string {
  return `M${round(x)} ${round(y)}h${round(wide)}v${round(thick)}h-${round(wide)}Z`;
}
