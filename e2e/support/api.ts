// The API as a signed-in person has it.
import type { Server } from "./server.ts";

export interface Owner {
  readonly email: string;
  readonly password: string;
  readonly cookie: string;
  get<T>(path: string): Promise<T>;
  send<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** Uses the first sign-in link and signs in. */
export async function firstUser(server: Server): Promise<Owner> {
  const [email, password] = ["owner@example.org", "a long enough password"];
  const token = new URL(server.link).hash.slice(1);
  const first = await call(server, "", "POST", "first-user", { token, email, password });
  const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await call(server, cookie, method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  return { email, password, cookie, send, get: (path) => send("GET", path) };
}

function call(
  server: Server,
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers: Record<string, string> = { cookie, "sec-fetch-site": "same-origin" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  return fetch(`${server.origin}/api/v1/${path}`, init);
}
