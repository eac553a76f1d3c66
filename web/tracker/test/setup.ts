/** In tests the global object stands for jsdom's window without being one: listeners go to that. */
const { window: page } = (globalThis as unknown as { jsdom: { window: Window } }).jsdom ?? {};

if (page) {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const redirect = (native: typeof addEventListener) =>
    function (this: unknown, ...args: Parameters<typeof addEventListener>) {
      return native.apply((this === globalThis ? page : this) as EventTarget, args);
    };
  EventTarget.prototype.addEventListener = redirect(addEventListener);
  EventTarget.prototype.removeEventListener = redirect(removeEventListener);
}
