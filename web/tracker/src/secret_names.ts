/**
 * How fields for passwords, cards and one-time codes are called, by `autocomplete` and by what
 * their names and labels say. The recorder goes by the same.
 */
export const SECRET_AUTOCOMPLETE =
  /\b(cc-|one-time-code|current-password|new-password|transaction-)/i;
export const SECRET_NAME =
  /passw|pwd|passcode|passphrase|secret|token|card.?(num|no\b|holder)|\bcard\b|ccnum|cc-|cvc|cvv|csc\b|iban|\botp\b|one.?time|\bpin\b|ssn|security.?code/i;
