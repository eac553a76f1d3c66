/**
 * Who the visitor is and which session runs. Persistent: one first-party cookie
 * `visitor.session.last event` on the widest domain that takes it, with local storage behind it,
 * shared by all tabs and subdomains. Cookieless: nothing is stored, the server names the session.
 */
import type { Identity } from "./core.ts";
import { documentValue } from "./document_value.ts";
import { guard } from "./guard.ts";
import { now } from "./now.ts";
import { randomId } from "./random_id.ts";

const COOKIE_SECONDS = 34_560_000;
/** How often at most the time of the last event is written to the device. */
const WRITE_EVERY_MS = 1000;

export interface IdentityKeeper extends Identity {
  /** The page is persistent if it wants to be or an earlier consent is stored. To be called first. */
  resume_(wanted: unknown, idleMsMax: number): void;
  /** A new visitor; the page is persistent from now on, if storage takes it. */
  renew_(): void;
  /** An event happens: begins or prolongs the session of a persistent page. */
  touch_(time: number): void;
  /** Takes the session that the server names. */
  adopt_(session: string | undefined): void;
  /** Deletes what is stored; the page is cookieless from now on. */
  forget_(): void;
}

export function keepIdentity(
  name: string,
  changed: (before: string | undefined) => void,
): IdentityKeeper {
  const pattern = RegExp(`\\b${name}=(\\w{32}).(\\w{32}).(\\d+)`);
  const cookies = guard(() => documentValue("cookie") as string);
  const stored = guard(() => localStorage[name] as string);
  const read = () => pattern.exec(`${cookies()};${name}=${stored()}`);
  const write = guard((value: string) => {
    const { hostname, protocol } = location;
    const labels = hostname.split(".");
    // From the widest domain to the host itself, which is -1.
    for (let at = labels.length; at-- >= 0; ) {
      Reflect.set(
        Document.prototype,
        "cookie",
        `${name}=${value};path=/;samesite=lax;max-age=${value ? COOKIE_SECONDS : 0}` +
          (protocol > "https" ? ";secure" : "") +
          (at < 0 ? "" : `;domain=${labels.slice(at).join(".")}`),
        document,
      );
      if (value && cookies()?.includes(value)) break;
    }
    localStorage[name] = value;
    if (!value) delete localStorage[name];
  });
  let idleMs: number;
  const self: IdentityKeeper = {
    resume_(wanted, idleMsMax) {
      idleMs = idleMsMax;
      if (read()) {
        self.visitor = "";
        self.touch_(now());
      } else if (wanted) self.renew_();
    },
    renew_() {
      write(`${randomId()}.${randomId()}.${now()}`);
      self.visitor = "";
      self.touch_(now());
    },
    touch_(time) {
      if (self.visitor == null) return;
      const found = read();
      // Another tab took the consent back, or the device keeps nothing.
      if (!found) return self.forget_();
      const [, visitor, before, last] = found;
      const idle = time - (last as unknown as number);
      const session = idle > idleMs ? randomId() : before;
      self.visitor = visitor;
      if (idle > WRITE_EVERY_MS) write(`${visitor}.${session}.${time}`);
      self.adopt_(session);
    },
    adopt_(session) {
      const before = self.session;
      self.session = session;
      if (session && before !== session) changed(before);
    },
    forget_() {
      write("");
      self.visitor = self.session = undefined;
    },
  };
  return self;
}
