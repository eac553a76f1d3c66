import type { Context } from "./context";
import { later, listen } from "./natives";

/** Places of the pointer are noted at most so often. */
const PLACE_MS = 50;
/** And told together at most so often. */
const TOLD_MS = 500;
/** Kinds of events in the order of their numbers: rrweb's mouse interactions. */
const KINDS = "pointerup pointerdown click contextmenu dblclick focus blur".split(" ");
/** So many turns to and fro, each so far, within this time: it is being shaken. */
const TURNS = 6;
const TURN_PX = 60;
/** The turns to and fro within this time tell that the pointer is shaken. */
const TURNS_MS = 2000;
const TOUCH_START = 7;
const TOUCH_END = 9;
const TOUCH_CANCEL = 10;
const POINTERS: Record<string, number> = { mouse: 0, pen: 1, touch: 2 };

/** Where the pointer is, and what is clicked, touched and focused. */
export function watchPointer(context: Context, document: Document): () => void {
  const { block } = context;
  let places: { x: number; y: number; id: number; at: number }[] = [];
  let source = 1;
  let isWaiting = false;
  let noted = 0;
  let pointer: number | undefined;
  /** How far to the right, or left, the mouse has gone, and when it turned before. */
  let edge = 0;
  let way = 1;
  let turns: number[] = [];
  let isTold = false;

  const tell = () => {
    isWaiting = false;
    if (!places.length) return;
    const end = performance.now();
    const positions = places.map(({ at, ...place }) => ({
      ...place,
      timeOffset: Math.round(at - end),
    }));
    places = [];
    context.emit({ source, positions });
  };
  const shake = (x: number, at: number) => {
    const turned = (edge - x) * way;
    if (turned > 0 && turned < TURN_PX) return;
    edge = x;
    if (turned <= 0) return;
    way = -way;
    turns = turns.filter((turn) => at - turn < TURNS_MS);
    // Told once, however long it goes on.
    if (!turns.length) isTold = false;
    if (turns.push(at) < TURNS || isTold) return;
    isTold = true;
    context.shaken();
  };
  const move = (event: MouseEvent | TouchEvent) => {
    const at = performance.now();
    if (at - noted < PLACE_MS) return;
    noted = at;
    const kind = event.type === "drag" ? 12 : event.type === "touchmove" ? 6 : 1;
    if (kind !== source) tell();
    source = kind;
    const { clientX, clientY } = touchOf(event);
    if (kind === 1) shake(clientX, at);
    places.push({ x: clientX, y: clientY, id: context.id(target(event)), at });
    if (!isWaiting) later(tell, TOLD_MS);
    isWaiting = true;
  };
  const act = (event: PointerEvent | TouchEvent) => {
    const element = target(event) as Element | null;
    if (!element || isWithin(element, block)) return;
    let type = KINDS.indexOf(event.type);
    const kind = POINTERS[(event as PointerEvent).pointerType] ?? pointer;
    if (event.type.startsWith("pointer")) {
      pointer = kind;
      if (kind === POINTERS.touch) type = type ? TOUCH_START : TOUCH_END;
    }
    if (event.type === "touchcancel") type = TOUCH_CANCEL;
    if (context.id(element) < 0) context.settle();
    const id = context.id(element);
    if (id < 0) return;
    tell();
    const { clientX: x, clientY: y } = touchOf(event);
    context.emit({
      source: 2,
      type,
      id,
      x,
      y,
      ...(event.type === "click" && kind !== undefined && { pointerType: kind }),
    });
  };
  const ends = [
    listen(document, "mousemove touchmove drag", move),
    listen(document, `${KINDS.join(" ")} touchcancel`, act),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** What an event is about, out of shadow roots. */
export function target(event: Event): Node | null {
  return (event.composedPath()[0] ?? event.target) as Node | null;
}

/** Whether a node lies in what is not recorded. */
export function isWithin(node: Node, block: string): boolean {
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  return !!element?.closest(block);
}

function touchOf(event: MouseEvent | TouchEvent): { clientX: number; clientY: number } {
  return ((event as TouchEvent).changedTouches?.[0] ?? event) as MouseEvent;
}
