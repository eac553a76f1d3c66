// What the audit log knows to tell, in words, and in groups for the filter.
import type { AuditAction } from "@hitmetrix/wire";

export const ACTION: Record<AuditAction, string> = {
  signed_in: "signed in",
  code_asked: "gave the right password and was asked for a code",
  sign_in_failed: "failed to sign in",
  signed_out: "signed out",
  link_used: "used a one-time link",
  factor_made: "made a second factor",
  factor_removed: "removed their second factor",
  factor_codes_renewed: "made their recovery codes anew",
  factor_reset: "reset a user’s second factor",
  factor_rule_changed: "changed who must have a second factor",
  user_invited: "invited a user",
  user_removed: "removed a user",
  owner_made: "made a user an owner",
  owner_unmade: "made an owner a user",
  password_changed: "changed their password",
  password_reset: "made a link for a new password",
  role_given: "gave a role",
  role_taken: "took a role away",
  token_made: "made an API token",
  token_removed: "removed an API token",
  site_made: "made a site",
  site_changed: "changed the site",
  site_removed: "removed a site",
  demo_filled: "filled the demo site",
  demo_emptied: "emptied the demo site",
  segment_saved: "saved a segment",
  segment_archived: "archived or brought back a segment",
  segment_removed: "removed a segment",
  insight_saved: "saved an insight",
  insight_archived: "archived or brought back an insight",
  insight_removed: "removed an insight",
  board_saved: "saved a board",
  board_archived: "archived or brought back a board",
  board_removed: "removed a board",
  goal_saved: "saved a goal",
  goal_archived: "archived or brought back a goal",
  goal_removed: "removed a goal",
  annotation_saved: "saved an annotation",
  survey_saved: "saved a survey",
  survey_switched: "switched a survey on or off",
  survey_archived: "archived or brought back a survey",
  survey_removed: "removed a survey",
  alert_saved: "saved an alert",
  alert_archived: "archived or brought back an alert",
  alert_muted: "muted an alert, or let it speak again",
  alert_tested: "tried the destinations of an alert",
  alert_removed: "removed an alert",
  board_mail_set: "set or ended the mails of a board",
  board_mailed: "sent a board by mail",
  annotation_removed: "removed an annotation",
  share_made: "made a link for others",
  share_revoked: "revoked a link",
  share_opened: "opened what a link shows",
  share_unlocked: "gave the password of a link",
  recording_watched: "watched a recording",
  recording_exported: "took a recording out",
  recording_pinned: "pinned or let go a recording",
  recording_removed: "removed a recording",
  data_expired: "removed what was older than is kept",
  note_changed: "changed a note on a recording",
  tag_changed: "changed the tags of a recording",
  collection_changed: "changed a collection",
  person_exported: "took a person’s data out",
  person_erased: "erased a person",
  person_recordings_erased: "erased a person’s recordings",
  person_taken_apart: "took a visitor and a person apart",
  events_exported: "took events out",
  audit_exported: "took the audit log out",
  backup_made: "made a backup",
  maintained: "put stored data in order",
};

const GROUPS: [string, (action: AuditAction) => boolean][] = [
  ["Signing in", (action) => /^sign|^code_asked|^link_used|^password|^factor/.test(action)],
  ["Who may what", (action) => /^(user|owner|role|token)_/.test(action)],
  [
    "People and recordings",
    (action) => /^(person|recording|data|note|tag|collection)_/.test(action),
  ],
  ["Links and files", (action) => /^share_|_exported$|^backup/.test(action)],
];

function grouped(): { name: string; actions: AuditAction[] }[] {
  const all = Object.keys(ACTION) as AuditAction[];
  const rest = new Set(all);
  const groups = GROUPS.map(([name, belongs]) => {
    const actions = all.filter((action) => rest.has(action) && belongs(action));
    for (const action of actions) rest.delete(action);
    return { name, actions };
  });
  return [...groups, { name: "Everything else", actions: [...rest] }];
}

export const actionGroups = grouped();

/** `board 1f2e… share 2a3b…`, with ids as long as one reads. */
export function objectWords(object: string): string {
  return object.replaceAll(/\b[0-9a-f]{13,}\b/g, (id) => `${id.slice(0, 8)}…`);
}
