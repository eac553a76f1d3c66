// Generated from docs/reference/openapi.json by web/wire/generate.mjs; do not edit.
export interface paths {
  "/api/v1/first-user": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Use a one-time link: make the owner, or set a password, and sign in.
     * @description Anybody.
     */
    post: operations["post_first_user"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/first-user/look": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Whether a one-time link still works, and what for, before anything is typed.
     * @description Anybody.
     */
    post: operations["post_first_user_look"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/login": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sign in; the answer sets the login cookie.
     * @description Anybody.
     */
    post: operations["post_login"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/logout": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sign out.
     * @description Anybody who is signed in, also before they have made a second factor that they must have.
     */
    post: operations["post_logout"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who is signed in, and the sites they may look at.
     * @description Anybody who is signed in, also before they have made a second factor that they must have.
     */
    get: operations["get_me"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/address": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where the caller is seen to be, to leave out what comes from there.
     * @description Anybody who is signed in, also before they have made a second factor that they must have.
     */
    get: operations["get_me_address"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/password": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Change one's own password; every other login ends.
     * @description Anybody who is signed in.
     */
    put: operations["put_me_password"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/second-factor": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Begin a second factor: the secret for an authenticator app, once.
     * @description Anybody who is signed in, also before they have made a second factor that they must have.
     */
    post: operations["post_me_second_factor"];
    /**
     * Remove one's own second factor, with a code of it.
     * @description Anybody who is signed in.
     */
    delete: operations["delete_me_second_factor"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/second-factor/confirm": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Confirm a second factor with a code; the answer has the recovery codes, once.
     * @description Anybody who is signed in, also before they have made a second factor that they must have.
     */
    post: operations["post_me_second_factor_confirm"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/me/second-factor/recovery-codes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make one's own recovery codes anew, with password and code; the answer has them, once.
     * @description Anybody who is signed in.
     */
    post: operations["post_me_second_factor_recovery_codes"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Sites that the caller may look at.
     * @description Anybody who is signed in.
     */
    get: operations["get_sites"];
    put?: never;
    /**
     * Make a site.
     * @description The owner of the installation.
     */
    post: operations["post_sites"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One site.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site"];
    put?: never;
    post?: never;
    /**
     * Remove a site with all its events and recordings.
     * @description The owner of the installation.
     */
    delete: operations["delete_sites_site"];
    options?: never;
    head?: never;
    /**
     * Change a site.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    patch: operations["patch_sites_site"];
    trace?: never;
  };
  "/api/v1/sites/{site}/demo-data": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Fill the demo site with 90 days of made-up visits.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_demo_data"];
    /**
     * Empty the demo site: everything that it has measured and recorded goes.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_demo_data"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/installation": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What the snippet needs, whether anything came, and what is wrong.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_installation"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/losses": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What the numbers may have missed: lost and refused, by day and reason.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_losses"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/live": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who is there now, and what happened last.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_live"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/sessions/{session}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One session with its events.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_sessions_session"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send events from a server: JSON lines, one event each.
     * @description The role admin or more on the site, or its token with the scope ingest or admin.
     */
    post: operations["post_sites_site_events"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Every event of the site.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/imports/{file}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How far the import of a file came.
     * @description The command line, over the control socket in the data folder.
     */
    get: operations["get_sites_site_imports_file"];
    put?: never;
    /**
     * Import the next lines of a file.
     * @description The command line, over the control socket in the data folder.
     */
    post: operations["post_sites_site_imports_file"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/ask": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ask a question.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_ask"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/ask-together": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Ask several questions at once; those that count the same events are counted in one pass.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_ask_together"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/people": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * The people behind a cell of a question's answer, with their sessions, the latest first.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_people"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/heatmaps/picture": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where a page is to be seen in the recordings, as it was last, or last in a time: what heatmaps are drawn on.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_heatmaps_picture"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/heatmaps/recorded": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where the pointer was on a page and what was in view for how long, from recordings.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_heatmaps_recorded"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/properties": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Properties that the site's events have, the most frequent first.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_properties"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * List persons or accounts: who counts in a period, in an order, a page at a time.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_persons"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who a person is, what the site said of them, and when that changed. The person is named by its user, its key or one of its visitors.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_persons_person"];
    put?: never;
    post?: never;
    /**
     * Erase a person for good, in restored backups too: events, recordings, notes, and who they were.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_persons_person"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that a person did, the newest first, a page at a time.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_persons_person_events"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that is known of a person: identities, events, and recordings as rrweb events.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_persons_person_export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}/ledger": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How a person came to be: every identify, alias and undo. The person is named by its user, its key or one of its visitors.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_persons_person_ledger"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}/undo": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a visitor of a person a person of its own again.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_persons_person_undo"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/insights": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Saved insights of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_insights"];
    put?: never;
    /**
     * Save a question as an insight.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_insights"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/insights/{insight}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One insight with its question.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_insights_insight"];
    /**
     * Put an insight in the place of another; boards show the new one.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_insights_insight"];
    post?: never;
    /**
     * Remove an archived insight that stands on no board, for good.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_insights_insight"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/insights/{insight}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive an insight: it leaves the lists, stays on its boards, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_insights_insight_archived"];
    post?: never;
    /**
     * Bring an archived insight back.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_insights_insight_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Boards of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_boards"];
    put?: never;
    /**
     * Save a board.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_boards"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One board with its panels and the insights that they show.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_boards_board"];
    /**
     * Put a board in the place of another; refused when it was changed meanwhile.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_boards_board"];
    post?: never;
    /**
     * Remove an archived board for good.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_boards_board"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive a board: it leaves the lists, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_boards_board_archived"];
    post?: never;
    /**
     * Bring an archived board back.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_boards_board_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}/shares": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Links that open a board without a login, without their secrets.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_boards_board_shares"];
    put?: never;
    /**
     * Make a link that opens a board without a login; it is shown once.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_boards_board_shares"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}/shares/{share}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke a link to a board; it works no more from this answer on.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_boards_board_shares_share"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared/board/unlock": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Give the password of a link to a board.
     * @description Whoever has a link to a board: its pass as a bearer token.
     */
    post: operations["post_shared_board_unlock"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared/board": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The board that a link opens.
     * @description Whoever has a link to a board, and has given its password if it has one.
     */
    get: operations["get_shared_board"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared/board/now": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The same for a page that has it open; that is no further opening.
     * @description Whoever has a link to a board, and has given its password if it has one.
     */
    get: operations["get_shared_board_now"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared/board/ask": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * What a panel of that board shows.
     * @description Whoever has a link to a board, and has given its password if it has one.
     */
    post: operations["post_shared_board_ask"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/goals": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Saved goals of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_goals"];
    put?: never;
    /**
     * Save a goal.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_goals"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/goals/{goal}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One saved goal.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_goals_goal"];
    /**
     * Put a goal in the place of another; what uses it means the new one.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_goals_goal"];
    post?: never;
    /**
     * Remove an archived goal that nothing uses, for good.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_goals_goal"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/goals/{goal}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive a goal: it leaves the lists, what uses it still does, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_goals_goal_archived"];
    post?: never;
    /**
     * Bring an archived goal back.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_goals_goal_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/segments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Segments of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_segments"];
    put?: never;
    /**
     * Save conditions as a segment.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_segments"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/segments/{segment}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One segment, by its id or name.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_segments_segment"];
    /**
     * Put a segment in the place of another; whatever uses it has the new conditions.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_segments_segment"];
    post?: never;
    /**
     * Remove an archived segment that no other one, no goal, no insight and no board uses, for good.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_segments_segment"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/segments/{segment}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive a segment: no picker offers it, what uses it still does, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_segments_segment_archived"];
    post?: never;
    /**
     * Bring an archived segment back.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_segments_segment_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/annotations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What happened beside the numbers, by time.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_annotations"];
    put?: never;
    /**
     * Note what happened, as a release from the script that makes it.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_annotations"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/annotations/{annotation}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Put an annotation in the place of another.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_annotations_annotation"];
    post?: never;
    /**
     * Remove an annotation.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_annotations_annotation"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/surveys": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Surveys of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_surveys"];
    put?: never;
    /**
     * Save a survey. It is a draft: nobody is asked before it is switched on.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_surveys"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/surveys/{survey}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One survey.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_surveys_survey"];
    /**
     * Put a survey in the place of another; pages have the new one within a minute.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_surveys_survey"];
    post?: never;
    /**
     * Remove an archived survey for good. Its answers stay: they are events.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_surveys_survey"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/surveys/{survey}/active": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Switch a survey on: pages ask within a minute.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_surveys_survey_active"];
    post?: never;
    /**
     * Pause a survey: pages stop asking within a minute.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_surveys_survey_active"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/surveys/{survey}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive a survey: it is paused, leaves the lists, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_surveys_survey_archived"];
    post?: never;
    /**
     * Bring an archived survey back, paused.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_surveys_survey_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/surveys/{survey}/answers": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * The answers to a survey one by one, the newest first, a page at a time.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_surveys_survey_answers"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Alerts of the site by name, archived ones too.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_alerts"];
    put?: never;
    /**
     * Save an alert on a saved insight; secrets of its webhooks are told once.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_alerts"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/preview": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * What an alert would have done in the last weeks.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    post: operations["post_sites_site_alerts_preview"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/{alert}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One alert.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_alerts_alert"];
    /**
     * Put an alert in the place of another; it is checked anew.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_alerts_alert"];
    post?: never;
    /**
     * Remove an archived alert for good, with its log.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_alerts_alert"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/{alert}/archived": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Archive an alert: it is not checked any more, and its name is free.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_alerts_alert_archived"];
    post?: never;
    /**
     * Bring an archived alert back.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_alerts_alert_archived"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/{alert}/muted": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Have an alert send nothing, until a time or until somebody ends it.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_alerts_alert_muted"];
    post?: never;
    /**
     * Have an alert speak again.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_alerts_alert_muted"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/{alert}/log": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What an alert found and sent, the latest first.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_alerts_alert_log"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/alerts/{alert}/test": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a message about the last full bucket to every destination, to try them.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_alerts_alert_test"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}/mail": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * When a board is sent by mail, and what became of the last mails.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_boards_board_mail"];
    /**
     * Have a board be sent by mail, in place of how it was.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_boards_board_mail"];
    post?: never;
    /**
     * End the mails of a board.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_boards_board_mail"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/boards/{board}/mail/now": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Send a board to its recipients now, to try it.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_boards_board_mail_now"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Recordings, the newest first.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_recordings"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One recording with its chunks.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_recordings_session"];
    put?: never;
    post?: never;
    /**
     * Remove a recording.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_recordings_session"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/chunks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Chunks of a recording that came since, for those who watch a session while it happens.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_recordings_session_chunks"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/chunks/{window}/{sequence}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The recorder events of chunks that follow each other, one JSON a line.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_recordings_session_chunks_window_sequence"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One recording as a file.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_recordings_session_export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/seen": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Note that you have seen a recording.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    put: operations["put_sites_site_recordings_session_seen"];
    post?: never;
    /**
     * Forget that you have seen a recording.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    delete: operations["delete_sites_site_recordings_session_seen"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/pin": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pin a recording: neither its age nor a full disk takes it away.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_recordings_session_pin"];
    post?: never;
    /**
     * Let a pinned recording go like the others.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_recordings_session_pin"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/storage": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What the site keeps, what of it goes when, and how much that frees.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_storage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/persons/{person}/recordings": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Erase all recordings of a person for good, in restored backups too.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_persons_person_recordings"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/notes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a note at a moment of a recording.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_recordings_session_notes"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/notes/{note}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Put other words or another moment into a note of yours; admins into any.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_recordings_session_notes_note"];
    post?: never;
    /**
     * Remove a note of yours; admins any. It can be brought back for a day.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_recordings_session_notes_note"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/notes/{note}/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Bring a note back that was removed.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_recordings_session_notes_note_restore"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/tags": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tags of the site's recordings, the most used first.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_tags"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/tags/{tag}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Tag a recording.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_recordings_session_tags_tag"];
    post?: never;
    /**
     * Take a tag from a recording.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_recordings_session_tags_tag"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/collections": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Collections of recordings, by name.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_collections"];
    put?: never;
    /**
     * Make a collection.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_collections"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/collections/{collection}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One collection with its sessions, in its order.
     * @description The role viewer or more on the site, or its token with the scope read or admin.
     */
    get: operations["get_sites_site_collections_collection"];
    put?: never;
    post?: never;
    /**
     * Remove a collection; its recordings stay.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_collections_collection"];
    options?: never;
    head?: never;
    /**
     * Give a collection another name, or its sessions another order.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    patch: operations["patch_sites_site_collections_collection"];
    trace?: never;
  };
  "/api/v1/sites/{site}/collections/{collection}/recordings/{session}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Put a recording at the end of a collection.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_collections_collection_recordings_session"];
    post?: never;
    /**
     * Take a recording out of a collection.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_collections_collection_recordings_session"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/shares": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Links that open a recording without a login, without their secrets.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_recordings_session_shares"];
    put?: never;
    /**
     * Make a link that opens a recording without a login; it is shown once.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_recordings_session_shares"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/recordings/{session}/shares/{share}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revoke a link; it works no more from this answer on.
     * @description The role editor or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_recordings_session_shares_share"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The recording that a link opens.
     * @description Whoever has a link to a recording: its pass as a bearer token.
     */
    get: operations["get_shared"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/shared/chunks/{window}/{sequence}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The recorder events of its chunks that follow each other, one JSON a line.
     * @description Whoever has a link to a recording: its pass as a bearer token.
     */
    get: operations["get_shared_chunks_window_sequence"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/tokens": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * API tokens of the site, without their secrets.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_tokens"];
    put?: never;
    /**
     * Make an API token; its secret is shown once.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    post: operations["post_sites_site_tokens"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/tokens/{token}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove an API token.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_tokens_token"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/members": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Members of the site.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_members"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/members/{user}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Give a user a role on the site.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    put: operations["put_sites_site_members_user"];
    post?: never;
    /**
     * Take a user's role on the site away.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    delete: operations["delete_sites_site_members_user"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/audit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who did what on the site, the newest first, a page at a time.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_audit"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/sites/{site}/audit/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who did what on the site, as a file.
     * @description The role admin or more on the site, or its token with the scope admin or admin.
     */
    get: operations["get_sites_site_audit_export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/users": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * All users.
     * @description The owner of the installation.
     */
    get: operations["get_users"];
    put?: never;
    /**
     * Invite a user; the link is to be handed over.
     * @description The owner of the installation.
     */
    post: operations["post_users"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/users/{user}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Remove a user.
     * @description The owner of the installation.
     */
    delete: operations["delete_users_user"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/users/{user}/owner": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Make a user an owner of the installation, by their address.
     * @description The owner of the installation.
     */
    put: operations["put_users_user_owner"];
    post?: never;
    /**
     * Make an owner a user like others; never the last one.
     * @description The owner of the installation.
     */
    delete: operations["delete_users_user_owner"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/users/{user}/reset": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make a one-time link that sets a user's password.
     * @description The owner of the installation.
     */
    post: operations["post_users_user_reset"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/users/{user}/second-factor": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Reset the second factor of a user who lost phone and recovery codes.
     * @description The owner of the installation.
     */
    delete: operations["delete_users_user_second_factor"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/second-factor-rule": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether every user must have a second factor.
     * @description The owner of the installation.
     */
    get: operations["get_second_factor_rule"];
    /**
     * Set whether every user must have a second factor.
     * @description The owner of the installation.
     */
    put: operations["put_second_factor_rule"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/audit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who did what on all sites and around them, the newest first, a page at a time.
     * @description The owner of the installation.
     */
    get: operations["get_audit"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/audit/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who did what on all sites and around them, as a file.
     * @description The owner of the installation.
     */
    get: operations["get_audit_export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/status": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How the server is.
     * @description The owner of the installation.
     */
    get: operations["get_status"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/backup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Write a backup into a folder of the server's machine.
     * @description The command line, over the control socket in the data folder.
     */
    post: operations["post_backup"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/seal": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make parts of everything in the log, and compact them.
     * @description The command line, over the control socket in the data folder.
     */
    post: operations["post_seal"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/repack": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Put all recordings in order now, also those of sessions that may go on.
     * @description The command line, over the control socket in the data folder.
     */
    post: operations["post_repack"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/doctor": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Check everything that is stored.
     * @description The command line, over the control socket in the data folder.
     */
    get: operations["get_doctor"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/v1/openapi.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * This document.
     * @description Anybody.
     */
    get: operations["get_openapi_json"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/healthz": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One word on how the server is; the owner gets the reasons too.
     * @description Anybody.
     */
    get: operations["get_healthz"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Numbers about the process, as Prometheus reads them.
     * @description The owner, or a token with the scope read or admin.
     */
    get: operations["get_metrics"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * @description What was done.
     * @enum {string}
     */
    Action:
      | "signed_in"
      | "code_asked"
      | "sign_in_failed"
      | "signed_out"
      | "link_used"
      | "factor_made"
      | "factor_removed"
      | "factor_codes_renewed"
      | "factor_reset"
      | "factor_rule_changed"
      | "user_invited"
      | "user_removed"
      | "owner_made"
      | "owner_unmade"
      | "password_changed"
      | "password_reset"
      | "role_given"
      | "role_taken"
      | "token_made"
      | "token_removed"
      | "site_made"
      | "site_changed"
      | "site_removed"
      | "demo_filled"
      | "demo_emptied"
      | "segment_saved"
      | "segment_archived"
      | "segment_removed"
      | "insight_saved"
      | "insight_archived"
      | "insight_removed"
      | "board_saved"
      | "board_archived"
      | "board_removed"
      | "goal_saved"
      | "goal_archived"
      | "goal_removed"
      | "annotation_saved"
      | "annotation_removed"
      | "survey_saved"
      | "survey_switched"
      | "survey_archived"
      | "survey_removed"
      | "alert_saved"
      | "alert_archived"
      | "alert_muted"
      | "alert_tested"
      | "alert_removed"
      | "board_mail_set"
      | "board_mailed"
      | "share_made"
      | "share_revoked"
      | "share_opened"
      | "share_unlocked"
      | "recording_watched"
      | "recording_exported"
      | "recording_pinned"
      | "recording_removed"
      | "data_expired"
      | "note_changed"
      | "tag_changed"
      | "collection_changed"
      | "person_exported"
      | "person_erased"
      | "person_recordings_erased"
      | "person_taken_apart"
      | "events_exported"
      | "audit_exported"
      | "backup_made"
      | "maintained";
    /**
     * @description What is counted of the events of a series.
     * @enum {string}
     */
    Aggregate:
      | "count"
      | "persons"
      | "sessions"
      | "accounts"
      | "sum"
      | "average"
      | "minimum"
      | "maximum"
      | "median"
      | "p75"
      | "p90"
      | "p95"
      | "p99"
      | "per_person";
    /**
     * @description What a changed number is held against.
     * @enum {string}
     */
    AlertAgainst: "before" | "week_before";
    /**
     * @description Width of the buckets that an alert looks at.
     * @enum {string}
     */
    AlertBucket: "hour" | "day" | "week";
    /** @description When an alert fires. */
    AlertCondition:
      | {
          /** @enum {string} */
          kind: "threshold";
          /** @description Which side fires. */
          side: components["schemas"]["AlertSide"];
          /**
           * Format: double
           * @description The value, in the unit of the column: shares are 0 to 1, durations milliseconds.
           */
          value: number;
        }
      | {
          /** @description Against what. */
          against?: components["schemas"]["AlertAgainst"];
          /** @enum {string} */
          kind: "change";
          /**
           * Format: double
           * @description Percent, more than 0.
           */
          percent: number;
          /** @description Which direction fires. */
          side?: components["schemas"]["AlertSide"];
        }
      | {
          /** @enum {string} */
          kind: "anomaly";
          /** @description Which side fires. */
          side?: components["schemas"]["AlertSide"];
          /**
           * Format: double
           * @description Half of the band's width in robust standard deviations, 1 to 20; 3.5 when absent.
           */
          width?: number | null;
        };
    /** @description An alert to be saved. */
    AlertDraft: {
      /**
       * Format: int32
       * @description Hours after a message in which no other is sent, up to 720; 24 when absent.
       */
      cool_down_hours?: number;
      /** @description Who is told by mail: members of the site, owners, addresses of domains that the owner allows. */
      emails?: string[];
      /**
       * Format: int32
       * @description Minutes between two checks, from 5 up to the width of the bucket; 60 when absent.
       */
      every_minutes?: number;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description What is watched. */
      watch: components["schemas"]["AlertWatch"];
      /**
       * @description Where it is told by webhook: https addresses of hosts that the owner allows. One that the alert
       *     has already keeps its secret.
       */
      webhooks?: string[];
    };
    /** @description The alerts of a site. */
    AlertList: {
      /** @description By name, archived ones too. */
      alerts: components["schemas"]["AlertRow"][];
      /** @description Whether this server can send mail; the setting `smtp_host` says by whom. */
      mail: boolean;
      /**
       * @description Domains to which the owner lets mail go beside members of the site and owners, from the setting
       *     `mail_domains`; for editors only.
       */
      mail_domains?: string[] | null;
      /** @description Hosts to which the owner lets webhooks go, from the setting `egress_allow`; for editors only. */
      webhook_hosts?: string[] | null;
    };
    /** @description What an alert found and sent, the latest first. */
    AlertLog: {
      /** @description The latest 100 lines. */
      entries: components["schemas"]["AlertLogRow"][];
    };
    /** @description One line of an alert's log. */
    AlertLogRow: {
      /**
       * Format: int64
       * @description When it was checked, the last time with this outcome.
       */
      at_ms: number;
      /**
       * Format: int64
       * @description Start of the bucket that was judged.
       */
      bucket_ms?: number | null;
      /** @description What was sent. */
      deliveries: components["schemas"]["DeliveryRow"][];
      /**
       * @description `fired`, `ok`, `firing` (told already), `cooling` (told a while ago), `muted`, `unknown`, or
       *     `test`.
       */
      outcome: string;
      /** @description The same in a sentence. */
      said: string;
      /**
       * Format: double
       * @description Its number.
       */
      value?: number | null;
    };
    /** @description What it would have done. */
    AlertPreview: {
      /** @description Columns that could be watched. */
      columns: string[];
      /** @description What could not be read, in words; then nothing fires. */
      missing: string[];
      /** @description The last 30 days by hour or day, or 12 weeks. */
      points: components["schemas"]["PreviewPoint"][];
      /** @description Rows that could be watched, where a time has several. */
      rows: Record<string, never>[];
      /**
       * Format: int32
       * @description How often somebody would have been told.
       */
      sent: number;
      /** @description Time zone of the buckets. */
      time_zone: string;
      /** @description Unit of the numbers. */
      unit: components["schemas"]["Unit"];
      /**
       * Format: int32
       * @description For how many buckets nothing could be told.
       */
      unknown: number;
      /** @description What is watched, with what was not given filled in. */
      watch: components["schemas"]["AlertWatch"];
    };
    /** @description One alert. */
    AlertRow: {
      /**
       * Format: int64
       * @description Since when it is archived.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int64
       * @description When it was checked last; UTC, milliseconds since the epoch, as all times here.
       */
      checked_at_ms?: number | null;
      /**
       * Format: int32
       * @description Hours after a message in which no other is sent.
       */
      cool_down_hours: number;
      /**
       * Format: int64
       * @description When it was made.
       */
      created_at_ms: number;
      /** @description Who made it, as for segments. */
      created_by?: string | null;
      /** @description Who is told by mail; for editors only. */
      emails?: string[] | null;
      /**
       * Format: int32
       * @description Minutes between two checks.
       */
      every_minutes: number;
      /**
       * Format: int64
       * @description When it sent its last message.
       */
      fired_at_ms?: number | null;
      /** @description Public id. */
      id: string;
      /** @description Name of the insight; none when it is gone. */
      insight_name?: string | null;
      /**
       * Format: int64
       * @description Until when it sends none.
       */
      muted_until_ms?: number | null;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description What the last check found, in a sentence. */
      said: string;
      /** @description How it stands. */
      state: components["schemas"]["AlertState"];
      /** @description What is watched. */
      watch: components["schemas"]["AlertWatch"];
      /** @description Where it is told by webhook; for editors only. */
      webhooks?: string[] | null;
    };
    /** @description An alert that was saved, with what is told only now. */
    AlertSaved: components["schemas"]["AlertRow"] & {
      /** @description The secrets of webhooks that are new; they are not shown again. */
      secrets: components["schemas"]["WebhookSecret"][];
    };
    /**
     * @description On which side of what is expected a number has to be.
     * @enum {string}
     */
    AlertSide: "above" | "below" | "either";
    /**
     * @description How an alert stands after its last check.
     * @enum {string}
     */
    AlertState: "new" | "ok" | "firing" | "unknown";
    /** @description What is watched of an insight: a column of its answer over time, and which of its rows. */
    AlertWatch: {
      /** @description Width of the buckets. */
      bucket?: components["schemas"]["AlertBucket"];
      /**
       * @description A column of its answer with a row per time: `sessions`, `A`, of a funnel `share`, of goals
       *     `conversion_rate`, of retention `interval_1`, which is the share that came back.
       */
      column: string;
      /** @description When it fires. */
      condition: components["schemas"]["AlertCondition"];
      /** @description Id of a saved insight. */
      insight: string;
      /** @description Cells that tell the row of one time from the others, as `{"goal": "Order"}`. */
      row?: Record<string, never>;
    };
    /** @description An annotation to be made. */
    AnnotationDraft: {
      /**
       * Format: int64
       * @description When, or when it began; UTC, milliseconds since the epoch; now when absent.
       */
      from_ms?: number | null;
      /** @description What kind of thing happened. */
      kind?: components["schemas"]["AnnotationKind"];
      /** @description What happened, in plain text, as `Version 2.4`. */
      text: string;
      /**
       * Format: int64
       * @description When it was over; UTC, milliseconds since the epoch.
       */
      to_ms?: number | null;
    };
    /**
     * @description What kind of thing happened.
     * @enum {string}
     */
    AnnotationKind: "release" | "campaign" | "other";
    /** @description The annotations of a site. */
    AnnotationList: {
      /** @description The latest 1,000 of that time, by when they begin. */
      annotations: components["schemas"]["AnnotationRow"][];
    };
    /** @description One annotation. */
    AnnotationRow: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description Who made it, as for segments. */
      created_by?: string | null;
      /**
       * Format: int64
       * @description When, or when it began; UTC, milliseconds since the epoch.
       */
      from_ms: number;
      /** @description Public id. */
      id: string;
      /** @description What kind of thing happened. */
      kind: components["schemas"]["AnnotationKind"];
      /** @description What happened, in plain text. */
      text: string;
      /**
       * Format: int64
       * @description When it was over; UTC, milliseconds since the epoch.
       */
      to_ms?: number | null;
    };
    /** @description What was asked, what came out, and what it was counted on. */
    Answer: {
      /**
       * Format: int64
       * @description Events of bots that were left out.
       */
      bot_events: number;
      /** @description The columns. */
      columns: components["schemas"]["Column"][];
      /** @description What it was counted on; equal versions give equal answers. */
      data_version: string;
      interval?: components["schemas"]["Interval"] | null;
      /**
       * Format: int64
       * @description Events and chunks that senders reported lost in the period.
       */
      lost_events: number;
      /** @description What could not be read, in words; empty when the answer is whole. */
      missing: string[];
      /** @description The period that was counted. */
      period: components["schemas"]["ResolvedPeriod"];
      /**
       * Format: int64
       * @description Different persons behind all rows, where the rows are the people behind a cell.
       */
      persons_total?: number | null;
      previous?: components["schemas"]["ResolvedPeriod"] | null;
      /** @description The rows; each has one cell per column. */
      rows: components["schemas"]["Cell"][][];
      /**
       * Format: int64
       * @description Events that were looked at.
       */
      rows_scanned: number;
      /**
       * Format: int64
       * @description Rows before the limit.
       */
      rows_total: number;
      /** @description Time zone of days, weeks and months. */
      time_zone: string;
      /**
       * Format: int64
       * @description Time the engine took, in microseconds.
       */
      took_us: number;
    };
    /** @description Answers, the newest first. */
    AnswerList: {
      /** @description A page of them. */
      answers: components["schemas"]["AnswerRow"][];
      /**
       * Format: int64
       * @description Older answers that were not looked through because there are too many; of sessions beyond the
       *     limit at least one each.
       */
      left_out: number;
      /** @description What could not be read, in words; empty when nothing is missing. */
      missing: string[];
      /** @description What the next page must say as `before`; absent on the last. */
      next?: string | null;
      /**
       * Format: int64
       * @description How many fit what was asked, pages before this one included.
       */
      total: number;
    };
    /** @description What came of one question: an answer, or what was wrong with it. */
    AnswerOrProblem: {
      answer?: components["schemas"]["Answer"] | null;
      problem?: components["schemas"]["ProblemDocument"] | null;
    };
    /** @description One answer. */
    AnswerRow: {
      browser: string;
      /** @description What was chosen. */
      choices?: string[];
      /** @description What was written. */
      comment?: string;
      country: string;
      device: string;
      /** @description Path of the page. */
      page: string;
      person: string;
      /** @description What was asked then. */
      question: string;
      /**
       * Format: int64
       * @description When the recording of the session begins, if there is one that plays; UTC, milliseconds
       *     since the epoch.
       */
      recording_started_ms?: number | null;
      /** Format: double */
      score?: number | null;
      session: string;
      system: string;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      time_ms: number;
      /** @description The site's own name of the user; empty when it gave none. */
      user: string;
    };
    /** @description Which answers are wanted. */
    AnswersAsked: {
      /** @description Only those before this one: `next` of the page before. */
      before?: string | null;
      /** @description Which senders count. */
      bots?: components["schemas"]["Bots"];
      /** @description Only those with a comment. */
      commented?: boolean;
      /** @description All must hold, as in questions; segments and goals too. */
      filters?: components["schemas"]["Condition"][];
      /** @description Only those in whose comment or choice this stands, whatever the case. */
      find?: string;
      /**
       * Format: int32
       * @description How many at most, 1 to 200; 50 when absent.
       */
      limit?: number | null;
      /** @description When they were given. */
      period: components["schemas"]["Period"];
      /** @description Only those with one of these scores; any when empty. */
      scores?: number[];
    };
    /** @description What came of them. */
    AnswersTogether: {
      /** @description One for each question, in their order. */
      answers: components["schemas"]["AnswerOrProblem"][];
    };
    /** @description Which event gives the value by which a funnel is divided. */
    Attribution:
      | "first"
      | "last"
      | {
          /**
           * Format: int32
           * @description That of a given step; who has not reached it has no value.
           */
          step: number;
        };
    /** @description A page of the audit log. */
    AuditList: {
      /** @description The newest first. */
      entries: components["schemas"]["AuditRow"][];
      /**
       * Format: int32
       * @description How many days entries are kept.
       */
      kept_days: number;
      /**
       * Format: int64
       * @description For `before`, when there are older ones.
       */
      next?: number | null;
      /** @description Everybody who has entries, whatever the filters. */
      people: components["schemas"]["AuditPerson"][];
    };
    /** @description Somebody with entries. */
    AuditPerson: {
      /** @description In words; empty for somebody who is not known. */
      name: string;
      /** @description For the filter: `user:7`, `token:1f…`, `link:2a…`, `control`, `nobody`. */
      who: string;
    };
    /** @description One entry. */
    AuditRow: {
      /** @description What was done. */
      action: components["schemas"]["Action"];
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      at_ms: number;
      /** @description How, in a few words; may be empty. */
      detail: string;
      /**
       * Format: int64
       * @description Counts all entries of the installation.
       */
      id: number;
      /** @description Who in words, as they were called then. */
      name: string;
      /** @description On what, as `board 1f2e…`; a person is a fingerprint. */
      object: string;
      /**
       * Format: int32
       * @description Number of the site; absent for what is about the whole installation.
       */
      site?: number | null;
      /** @description With what: browser and system, `command line`, or `a program`. No network address is kept. */
      via: string;
      /** @description Who, as in `people`. */
      who: string;
    };
    /**
     * @description The two halves of a backup, which are to be kept apart.
     * @enum {string}
     */
    BackupPart: "data" | "keys";
    /** @description What to back up, and where to. */
    BackupTo: {
      /** @description Absolute path of a folder on the server's machine; empty or not there yet. */
      folder: string;
      /** @description Everything but the keys of recordings, or these. */
      part: components["schemas"]["BackupPart"];
    };
    /** @description Something that a person did: an event so and so often, or events in order. */
    Behaviour: {
      /**
       * Format: int32
       * @description How often at least, for a sequence of one; once when absent.
       */
      at_least?: number | null;
      /**
       * Format: int32
       * @description How often at most, for a sequence of one.
       */
      at_most?: number | null;
      /**
       * @description Within which time up to the end of the question's period, as `30d`; within the period
       *     itself when absent.
       */
      last?: string | null;
      /** @description The events, each later than the one before; often just one. */
      sequence: components["schemas"]["EventSelection"][];
      /** @description Within which time from the first to the last event of a sequence, as `7d`. */
      within?: string | null;
    };
    /** @description What all panels of a board are asked in common; what is absent each panel has its own. */
    BoardCommon: {
      bots?: components["schemas"]["Bots"] | null;
      compare?: components["schemas"]["Compare"] | null;
      /**
       * @description Single conditions on dimensions or properties, and at most one segment or goal, which may
       *     be missed. One that is about
       *     the same as a panel's own stands in its place; the panel's others hold too.
       */
      filters?: components["schemas"]["Condition"][];
      period?: components["schemas"]["Period"] | null;
    };
    /** @description One board with its panels, and the insights that these show. */
    BoardDetail: components["schemas"]["BoardRow"] & {
      /** @description What all panels are asked in common. */
      common: components["schemas"]["BoardCommon"];
      /** @description Each insight that a panel shows, once. */
      insights: components["schemas"]["BoardInsight"][];
      /** @description The panels. */
      panels: components["schemas"]["Panel"][];
    };
    /** @description A board to be saved. */
    BoardDraft: {
      /** @description What all panels are asked in common; each its own when absent. */
      common?: components["schemas"]["BoardCommon"];
      /** @description What it is for, in plain text. */
      description?: string;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description At most 40, none on another; none when absent. */
      panels?: components["schemas"]["Panel"][];
      /**
       * Format: int64
       * @description For a change: the version that it is of. The board must be at it.
       */
      version?: number | null;
    };
    /** @description An insight as a board needs it. */
    BoardInsight: {
      /** @description The search part of the address under which Explore shows it; may be empty. */
      address: string;
      /** @description True when it is archived. */
      archived: boolean;
      /** @description What it is for, in plain text. */
      description: string;
      /** @description Public id. */
      id: string;
      /** @description Kind of its question. */
      kind: components["schemas"]["QuestionKind"];
      /** @description Its name. */
      name: string;
      /** @description The question, before what the board asks in common. */
      question: components["schemas"]["Question"];
    };
    /** @description The boards of a site. */
    BoardList: {
      /** @description By name, archived ones too. */
      boards: components["schemas"]["BoardRow"][];
    };
    /** @description How a board is to be sent. */
    BoardMailDraft: {
      /** @description `daily`, a day of the week as `monday`, or `monthly`: the first of the month. */
      day: string;
      /**
       * Format: int32
       * @description Hour in the site's time zone, 0 to 23.
       */
      hour: number;
      /** @description 1 to 50 e-mail addresses. */
      recipients: string[];
    };
    /** @description How a board is sent. */
    BoardMailView: {
      /** @description The last mails, the latest first. */
      log: components["schemas"]["BoardMailed"][];
      /** @description Whether this server can send mail; the setting `smtp_host` says by whom. */
      mail: boolean;
      schedule?: components["schemas"]["BoardSchedule"] | null;
    };
    /** @description One mail. */
    BoardMailed: {
      /**
       * Format: int64
       * @description When the board was counted; UTC, milliseconds since the epoch.
       */
      at_ms: number;
      /** @description To whom, and what came of it. */
      delivery: components["schemas"]["DeliveryRow"];
    };
    /** @description One board, without what stands on it. */
    BoardRow: {
      /**
       * Format: int64
       * @description Since when it is archived, UTC, milliseconds since the epoch.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /** @description Who changed it last, as `created_by`. */
      changed_by?: string | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /** @description What it is for, in plain text. */
      description: string;
      /** @description Public id. */
      id: string;
      /** @description Unique among those that are not archived. */
      name: string;
      /**
       * Format: int32
       * @description How many panels stand on it.
       */
      panel_count: number;
      /**
       * Format: int64
       * @description Counts its changes, from 1.
       */
      version: number;
    };
    /** @description When a board is sent. */
    BoardSchedule: {
      /** @description `daily`, a day of the week as `monday`, or `monthly`: the first of the month. */
      day: string;
      /**
       * Format: int64
       * @description When it is due next; UTC, milliseconds since the epoch.
       */
      due_at_ms: number;
      /**
       * Format: int32
       * @description Hour in the site's time zone, 0 to 23.
       */
      hour: number;
      /** @description To whom; for editors only. */
      recipients?: string[] | null;
    };
    /** @description A link to be made. */
    BoardShareDraft: {
      /**
       * @description Whether its readers see the site's annotations of the times that the board shows: their kind,
       *     words and times.
       */
      annotations?: boolean;
      /**
       * Format: int32
       * @description How long it works, 1 to 366; 30 when absent.
       */
      days?: number | null;
      /** @description Whom it is for, as a note for those who make links; may be empty. */
      name?: string;
      /**
       * @description Origins of pages that may frame the board, as `https://intranet.example.org`; none when
       *     absent.
       */
      origins?: string[];
      /** @description A password that it asks for, at least 10 characters; none when absent. */
      password?: string | null;
      /**
       * Format: int32
       * @description So many days before today, 1 to 1,830, its readers may choose a period in; the board's own
       *     and no other when absent.
       */
      period_days?: number | null;
    };
    /** @description The links to a board. */
    BoardShareList: {
      /** @description The newest first, without those that were revoked. */
      shares: components["schemas"]["BoardShareRow"][];
    };
    /** @description One link, without its secret. */
    BoardShareRow: {
      /** @description Whether its readers see annotations. */
      annotations: boolean;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /**
       * Format: int64
       * @description Until when it works.
       */
      ends_at_ms: number;
      /** @description Whether it asks for a password. */
      has_password: boolean;
      /** @description Public id, which stands in the link too. */
      id: string;
      /** @description Whom it is for; may be empty. */
      name: string;
      /**
       * Format: int32
       * @description How often it was opened.
       */
      opened: number;
      /**
       * Format: int64
       * @description When it was opened last, or last looked at by a page that stayed open, to half an hour.
       */
      opened_at_ms?: number | null;
      /** @description Origins of the pages that may frame the board. */
      origins: string[];
      /**
       * Format: int32
       * @description So many days before today its readers may choose a period in; absent when they see the
       *     board's own.
       */
      period_days?: number | null;
    };
    /**
     * @description Which senders count.
     * @enum {string}
     */
    Bots: "exclude" | "include" | "only";
    /** @description One value of an answer. */
    Cell: number | boolean | string | null;
    /**
     * @description One cell of an answer: its column, and its row by the cells of the columns that name it, as
     *     `{"column": "persons", "row": {"page": "/cart"}}`.
     */
    CellAddress: {
      /** @description Name of the column. */
      column: string;
      /**
       * @description Cells of the row that tell it from the others; further ones are ignored. Without any, all
       *     cohorts of a retention are meant.
       */
      row?: Record<string, never>;
    };
    /** @description The acknowledgement. */
    ChunkAck: {
      /** @description Always true: the bytes are stored, now or before. */
      accepted: boolean;
      /** @description The session of the chunk. */
      session: string;
      /**
       * @description Style sheets that the chunk named and the server does not have: the recorder should send
       *     these itself from now on, and make a full snapshot. Left out when there are none.
       */
      sheets?: string[];
      /** @description The recorder should make a full snapshot. */
      snapshot: boolean;
      /**
       * @description Pictures that the chunk named by their digests and that the page has to send; left out
       *     when there are none.
       */
      wanted?: string[];
      /** @description Somebody is looking: the recorder should send every second. */
      watched: boolean;
    };
    /**
     * @description Chunks that are stored together, as a player needs them: ordered by (first time of window,
     *     window, sequence). While a session goes on that is one chunk as it came; afterwards it is up to
     *     a minute of consecutive ones.
     */
    ChunkRow: {
      /**
       * Format: int32
       * @description How many events.
       */
      events: number;
      /**
       * Format: int64
       * @description Time of its first event, UTC, milliseconds since the epoch.
       */
      first_ms: number;
      /** @description Whether a full snapshot that the server worked out can be had before it, to start from. */
      keyframe: boolean;
      /**
       * Format: int64
       * @description Time of its last event.
       */
      last_ms: number;
      /**
       * Format: int32
       * @description Running number of the last.
       */
      last_sequence: number;
      /** @description Path of the page when it began. */
      path: string;
      /** @description Recorder that made it. */
      recorder: string;
      /**
       * Format: int32
       * @description Running number of the first within the window.
       */
      sequence: number;
      /** @description Whether it holds a full snapshot that the recorder made; then it begins with its chunk. */
      snapshot: boolean;
      /**
       * Format: int32
       * @description Bytes at rest.
       */
      stored_bytes: number;
      /** @description The page load. */
      window: string;
    };
    /**
     * @description Who belongs to a cohort.
     * @enum {string}
     */
    CohortMode: "first_time" | "recurring";
    /** @description A collection with what is in it. */
    CollectionDetail: components["schemas"]["CollectionRow"] & {
      /** @description Its sessions, in its order. */
      sessions: string[];
    };
    /** @description A collection to be made. */
    CollectionDraft: {
      /** @description Unique on the site. */
      name: string;
    };
    /** @description The collections of a site. */
    CollectionList: {
      /** @description By name. */
      collections: components["schemas"]["CollectionRow"][];
    };
    /** @description What is to change; what is absent stays. */
    CollectionPatch: {
      /** @description Another name. */
      name?: string | null;
      /**
       * @description Its sessions in another order. Those of it that are not named come behind, and none is
       *     added.
       */
      sessions?: string[] | null;
    };
    /** @description One collection. */
    CollectionRow: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /** @description Public id. */
      id: string;
      /** @description Unique on the site. */
      name: string;
      /**
       * Format: int32
       * @description How many recordings it has.
       */
      recordings: number;
    };
    /** @description One column of an answer. */
    Column: {
      /** @description `sessions`, `channel`, …; the compared period's column ends in `_previous`. */
      name: string;
      /** @description Its unit. */
      unit: components["schemas"]["Unit"];
    };
    /** @description What goes together. */
    Coming: {
      /**
       * Format: int64
       * @description Recordings: start of the day, UTC, on which they go. Events: when the last of their week is
       *     gone.
       */
      at_ms: number;
      /**
       * Format: int64
       * @description Bytes that this frees.
       */
      bytes: number;
      /**
       * Format: int64
       * @description How many.
       */
      count: number;
    };
    /**
     * @description What the period is held against.
     * @enum {string}
     */
    Compare: "none" | "previous" | "year";
    /** @description One condition; see the module. */
    Condition:
      | components["schemas"]["Filter"]
      | components["schemas"]["PropertyFilter"]
      | components["schemas"]["SessionFilter"]
      | {
          /** @description The conditions. */
          all: components["schemas"]["Condition"][];
        }
      | {
          /** @description The conditions. */
          any: components["schemas"]["Condition"][];
        }
      | {
          /** @description The condition that must not hold. */
          not: components["schemas"]["Condition"];
        }
      | {
          /** @description What. */
          did: components["schemas"]["Behaviour"];
        }
      | {
          /** @description The conditions. */
          session_has: components["schemas"]["Condition"][];
        }
      | {
          /** @description Its id or name. */
          segment: string;
        }
      | {
          /** @description Its id. */
          goal: string;
        };
    /** @description The site's name again, so that nobody removes the wrong one. */
    Confirmation: {
      /** @description The site's name. */
      name: string;
    };
    /** @description The recovery codes of a second factor that was confirmed, or whose codes were made anew. */
    Confirmed: {
      /** @description Each signs in once in place of a code; they are in this answer and nowhere else. */
      recovery_codes: string[];
    };
    /** @description A question of kind `correlation`. */
    Correlation: {
      /**
       * Format: int32
       * @description How many persons must have had a value, and how many must not have, 1 to 1,000,000; 30 when
       *     absent.
       */
      cases_min?: number | null;
      /**
       * @description Facts whose values are held against converting, beside the names of events, at most
       *     [`crate::limits::CORRELATION_FACTS`].
       */
      facts?: components["schemas"]["Fact"][];
      /** @description What converting is: such an event at or after the person's first start, within the period. */
      goal: components["schemas"]["EventSelection"];
      /** @description Who is looked at: persons with such an event; all with an event when absent. */
      start?: components["schemas"]["EventSelection"];
    };
    /**
     * @description What goes through a funnel.
     * @enum {string}
     */
    CountedBy: "persons" | "sessions" | "accounts";
    /** @description E-mail address and password. */
    Credentials: {
      /** @description The code of the second factor, six digits, or a recovery code; only for those who have one. */
      code?: string | null;
      /** @description E-mail address. */
      email: string;
      /** @description Password. */
      password: string;
    };
    /** @description One message to one destination. */
    DeliveryRow: {
      /**
       * Format: int32
       * @description Attempts so far.
       */
      attempts: number;
      /** @description Where it went; for editors only. */
      destination?: string | null;
      /** @description Its id; webhooks get it as `webhook-id`. */
      id: string;
      /** @description `email`, `webhook` or `board`. */
      kind: string;
      /** @description What came of the last attempt. */
      said: string;
      /**
       * Format: int64
       * @description When it was sent.
       */
      sent_at_ms?: number | null;
      /** @description `sent`, `waiting`, `withdrawn` (while it waited) or `failed`. */
      state: string;
    };
    /**
     * @description A text column of events, or a fact of a session derived from its events.
     * @enum {string}
     */
    Dimension:
      | "event"
      | "host"
      | "page"
      | "title"
      | "referrer"
      | "channel"
      | "source"
      | "medium"
      | "campaign"
      | "term"
      | "content"
      | "country"
      | "browser"
      | "browser_version"
      | "system"
      | "system_version"
      | "device"
      | "language"
      | "bot"
      | "entry_page"
      | "exit_page";
    /** @description A dimension as a fact. */
    DimensionFact: {
      /** @description Which. */
      dimension: components["schemas"]["Dimension"];
    };
    /** @description When recordings go before their time. */
    DiskMark: {
      /**
       * Format: int64
       * @description From where on recordings go: of the site that takes most, the oldest that are not pinned.
       */
      mark_percent: number;
      /**
       * Format: int64
       * @description How full the disk is, in percent.
       */
      used_percent: number;
    };
    /** @description A question of kind `distribution`. */
    Distribution: {
      /**
       * Format: int32
       * @description About how many classes of equal width, 1 to 200; 20 when absent. Their bounds are readable
       *     numbers, so there are mostly fewer, and at most one more. For other values how many rows,
       *     the others being one row `(other)`.
       */
      classes?: number | null;
      /** @description Of which events; any when absent. */
      events?: components["schemas"]["EventSelection"];
      /**
       * @description Of what: numbers go into classes, anything else is counted by value. A property of the
       *     person counts once a person, one of the account once an account.
       */
      fact: components["schemas"]["Fact"];
    };
    /** @description That somebody means it. */
    EraseConfirmation: {
      /** @description The site's own name of the user; the person's key where it gave none. */
      name: string;
    };
    /** @description What was erased. */
    ErasedPerson: {
      /**
       * Format: int64
       * @description Entries of the identity ledger.
       */
      entries: number;
      /**
       * Format: int64
       * @description Events.
       */
      events: number;
      /**
       * Format: int64
       * @description Keys of recordings, without which no copy of them can be read.
       */
      keys: number;
      /**
       * Format: int64
       * @description Files of events that were written anew without them.
       */
      parts: number;
      /**
       * Format: int64
       * @description Recordings.
       */
      recordings: number;
      /**
       * Format: int64
       * @description Visitors that were this person.
       */
      visitors: number;
    };
    /** @description What was erased. */
    ErasedRecordings: {
      /**
       * Format: int64
       * @description How many recordings.
       */
      recordings: number;
    };
    /** @description How a question of kind `errors` lists them. */
    ErrorGroups: {
      /** @description What makes two errors one; message and place when absent. */
      by?: components["schemas"]["ErrorsBy"];
      /** @description In which order; those with the most sessions first when absent. */
      order?: components["schemas"]["ErrorOrder"];
    };
    /**
     * @description In which order groups of errors are listed.
     * @enum {string}
     */
    ErrorOrder: "sessions" | "errors" | "newest" | "latest";
    /**
     * @description What makes two errors one.
     * @enum {string}
     */
    ErrorsBy: "place" | "message";
    /** @description Which events are meant: those with one of the names that pass all filters. */
    EventSelection: {
      /** @description Names of events; any event but measurements when empty. */
      events?: string[];
      /** @description All must hold. */
      filters?: components["schemas"]["Condition"][];
      /** @description What it is called in the answer; the names when absent. */
      label?: string | null;
    };
    /** @description What events take. */
    EventsKept: {
      /**
       * Format: int64
       * @description Bytes of the parts.
       */
      bytes: number;
      /** @description Those that will go, the first week first; none while all are kept. */
      coming: components["schemas"]["Coming"][];
      /**
       * Format: int64
       * @description How many lie in parts.
       */
      count: number;
      /**
       * Format: int32
       * @description Days that they are kept; 0 for ever.
       */
      days: number;
    };
    /** @description Events that end an attempt. */
    Exclusion: {
      /**
       * Format: int32
       * @description After this step, from 1; 1 when absent.
       */
      after?: number | null;
      /**
       * Format: int32
       * @description And before this one; the last when absent.
       */
      before?: number | null;
      /** @description Names of events; any event but measurements when empty. */
      events?: string[];
      /** @description All must hold. */
      filters?: components["schemas"]["Condition"][];
    };
    /** @description What an answer is divided by. */
    Fact: components["schemas"]["DimensionFact"] | components["schemas"]["PropertyFact"];
    /** @description A property got another value. */
    FactChange: {
      /** @description The event that said it: `identify`, `alias` or `group`. */
      event: string;
      name: string;
      new: Record<string, never>;
      /** @description `person` or `account`. */
      of: components["schemas"]["Level"];
      /** @description The value before; null when there was none. */
      old: Record<string, never>;
      /** @description Who sent it: a browser, a server or an import. */
      origin: string;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      time_ms: number;
      /** @description True when anybody with the public key could have sent it. */
      unverified: boolean;
    };
    /** @description A code of the app; to remove a second factor also a recovery code. */
    FactorCode: {
      /** @description Six digits, or a recovery code. */
      code: string;
    };
    /** @description Whether every user must have a second factor. */
    FactorRule: {
      /** @description Who has none can do nothing but make one. */
      required: boolean;
    };
    /** @description What was put into the demo site. */
    Filled: {
      /**
       * Format: int64
       * @description Days, the last of which is today.
       */
      days: number;
      /**
       * Format: int64
       * @description Events that had been put in before.
       */
      duplicates: number;
      /**
       * Format: int64
       * @description Events that are stored now.
       */
      events: number;
      /**
       * Format: int64
       * @description Recordings that are stored now.
       */
      recordings: number;
    };
    /**
     * @description A condition on a dimension. On a fact of the session it keeps or drops whole sessions; on a
     *     fact of an event (event, host, page, title) it keeps single events.
     */
    Filter: {
      /** @description What is looked at. */
      dimension: components["schemas"]["Dimension"];
      /** @description How. */
      operator: components["schemas"]["Operator"];
      /** @description With what; an empty text stands for "unknown". */
      values?: string[];
    };
    /** @description What a check found. */
    Findings: {
      /** @description One line each; none when everything is sound. */
      findings: string[];
    };
    /** @description What is sent from the page behind a one-time link. */
    FirstUser: {
      /** @description E-mail address; for an invitation the one that was invited. */
      email: string;
      /** @description New password. */
      password: string;
      /** @description The link's token: what stands behind `#`. */
      token: string;
    };
    /**
     * @description A question of kind `forms`. Without `form` the answer has a row per form, with it a row per
     *     field of that form.
     */
    Forms: {
      /** @description The form whose fields are wanted, as the rows of forms name it. */
      form?: string | null;
      /** @description Its page, for a form that has no name but a place in its page. */
      page?: string | null;
    };
    /** @description A picture, where there is one. */
    FoundPicture: {
      picture?: components["schemas"]["PagePicture"] | null;
    };
    /** @description A question of kind `funnel`. */
    Funnel: {
      /** @description Which event gives that value. */
      attribution?: components["schemas"]["Attribution"];
      breakdown?: components["schemas"]["Fact"] | null;
      /** @description What goes through it. */
      by?: components["schemas"]["CountedBy"];
      /** @description Events that end an attempt. */
      exclusions?: components["schemas"]["Exclusion"][];
      /** @description Their order. */
      order?: components["schemas"]["StepOrder"];
      /** @description Which rows. */
      rows?: components["schemas"]["FunnelRows"];
      /** @description 2 to 20 steps. */
      steps: components["schemas"]["FunnelStep"][];
      /**
       * Format: int32
       * @description How many values, by the number that entered; the others are one row `(other)`. 10 when
       *     absent.
       */
      top?: number | null;
      /**
       * @description Time from the first to the last step at most, as `30m`, `7d`, `3mo` (a month is 30 days,
       *     a year 365); 14 days when absent.
       */
      window?: string | null;
    };
    /**
     * @description Which rows a funnel answers with.
     * @enum {string}
     */
    FunnelRows: "steps" | "over_time" | "time_to_convert";
    /** @description One step. */
    FunnelStep: {
      /** @description Names of events, any of which will do; any event but measurements when empty. */
      events?: string[];
      /** @description All must hold. */
      filters?: components["schemas"]["Condition"][];
      /** @description What it is called; the names when absent. */
      label?: string | null;
      /**
       * @description A step that may be left out; it is counted, but nobody is lost at it. Neither the first
       *     nor the last, and not with `any` order.
       */
      optional?: boolean;
    };
    /** @description One goal. A session reaches it when it has the events and passes the filters. */
    Goal: {
      /**
       * @description In which currency the value is, as `EUR`: amounts of events whose property `currency` says
       *     another one are left out. When absent a fixed value is in the site's, and amounts of a
       *     property are added up in whatever currencies they are.
       */
      currency?: string | null;
      event?: components["schemas"]["EventSelection"] | null;
      /**
       * @description What the session must be: numbers such as `duration_ms` and `pageviews`, source, person.
       *     It passes when one of its events does.
       */
      filters?: components["schemas"]["Condition"][];
      /** @description Id of a saved goal that is meant; then only the label stands beside it. */
      goal?: string | null;
      /** @description What it is called; no two goals alike. */
      label: string;
      /**
       * Format: int32
       * @description In how many sessions of the period a person must reach it; the session in which that
       *     number is reached counts, and no other. When absent every session that reaches it does.
       */
      sessions?: number | null;
      /**
       * @description Or the event's property that says what it is worth, as `amount`, added up over all such events
       *     of the session.
       */
      value_property?: string | null;
      /**
       * Format: int64
       * @description What reaching it is worth, in thousandths of the currency.
       */
      value_thousandths?: number | null;
    };
    /** @description A goal to be saved. */
    GoalDraft: {
      /**
       * @description In which currency that is, three capital letters, as `EUR`. Amounts of events whose property
       *     `currency` says another one are left out. Without it every amount is added up.
       */
      currency?: string | null;
      event?: components["schemas"]["EventSelection"] | null;
      /** @description What the session must be: numbers such as `duration_ms` and `pageviews`, source, person. */
      filters?: components["schemas"]["Condition"][];
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description Whether it stands on the overview. */
      on_overview?: boolean;
      /**
       * Format: int32
       * @description In how many sessions of the period a person must reach it; every session when absent.
       */
      sessions?: number | null;
      /** @description Or the event's property that says what it is worth. */
      value_property?: string | null;
      /**
       * Format: int64
       * @description What reaching it is worth, in thousandths of the currency.
       */
      value_thousandths?: number | null;
    };
    /** @description The goals of a site. */
    GoalList: {
      /** @description By name, archived ones too. */
      goals: components["schemas"]["GoalRow"][];
    };
    /** @description One saved goal. */
    GoalRow: {
      /**
       * Format: int64
       * @description Since when it is archived, UTC, milliseconds since the epoch.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /** @description Who changed it last. */
      changed_by?: string | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description Who made it, as for segments. */
      created_by?: string | null;
      /** @description In which currency that is, as `EUR`. */
      currency?: string | null;
      event?: components["schemas"]["EventSelection"] | null;
      /** @description What the session must be. */
      filters: components["schemas"]["Condition"][];
      /** @description Public id. */
      id: string;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description Whether it stands on the overview. */
      on_overview: boolean;
      /**
       * Format: int32
       * @description In how many sessions of the period a person must reach it.
       */
      sessions?: number | null;
      /** @description Or the event's property that says what it is worth. */
      value_property?: string | null;
      /**
       * Format: int64
       * @description What reaching it is worth, in thousandths of the currency.
       */
      value_thousandths?: number | null;
    };
    /** @description A question of kind `goals`. */
    Goals: {
      breakdown?: components["schemas"]["Fact"] | null;
      /** @description 1 to 20 goals. */
      goals: components["schemas"]["Goal"][];
      /** @description A row per interval and goal, by the time at which sessions start; in place of a breakdown. */
      over_time?: boolean;
      /**
       * Format: int32
       * @description How many values, by sessions; the others are one row `(other)`. 10 when absent.
       */
      top?: number | null;
    };
    /** @description What goes for good within minutes. */
    GoesNow: {
      /**
       * Format: int64
       * @description About how many bytes they take.
       */
      event_bytes: number;
      /**
       * Format: int64
       * @description Events that are too old.
       */
      events: number;
      /**
       * Format: int64
       * @description Bytes of their chunks.
       */
      recording_bytes: number;
      /**
       * Format: int64
       * @description Recordings, too old or too short.
       */
      recordings: number;
    };
    /**
     * @description A question of kind `heatmap`. `limit` of the question is, of zones and pages, how many have a
     *     row (100 when absent; the other zones are `(other)`), and of points how many rows there are at
     *     most (10,000 when absent): where there would be more, places are told less finely.
     */
    Heatmap: {
      /** @description 1 to 20 paths of pages, in which `*` stands for any text, as `/product/*`. */
      pages: string[];
      /** @description Which rows. */
      rows?: components["schemas"]["HeatmapRows"];
      /** @description What tells elements apart, in the rows `zones` and `points`. */
      told_by?: components["schemas"]["HeatmapToldBy"];
    };
    /**
     * @description Which rows the answer has.
     * @enum {string}
     */
    HeatmapRows: "zones" | "points" | "scroll" | "pages";
    /**
     * @description What tells elements of a heatmap apart.
     * @enum {string}
     */
    HeatmapToldBy: "path" | "words";
    /** @description One insight with its question. */
    InsightDetail: components["schemas"]["InsightRow"] & {
      /** @description The question; other segments stand in it by id. */
      question: components["schemas"]["Question"];
    };
    /** @description An insight to be saved. */
    InsightDraft: {
      /**
       * @description The search part of the address under which Explore shows it, without question mark. Without
       *     one the dashboard shows the insight as a table.
       */
      address?: string;
      /** @description What it is for, in plain text. */
      description?: string;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description Any question but a list of sessions. May use segments by id or name. */
      question: components["schemas"]["Question"];
    };
    /** @description The saved insights of a site. */
    InsightList: {
      /** @description By name, archived ones too. */
      insights: components["schemas"]["InsightRow"][];
    };
    /** @description One insight, without its question. */
    InsightRow: {
      /**
       * @description The search part of the address under which Explore shows it, without question mark; empty
       *     where it was not made there.
       */
      address: string;
      /**
       * Format: int64
       * @description Since when it is archived, UTC, milliseconds since the epoch.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int32
       * @description On how many boards it stands, archived ones too.
       */
      boards: number;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /** @description Who changed it last, as `created_by`. */
      changed_by?: string | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /** @description What it is for, in plain text. */
      description: string;
      /** @description Public id. */
      id: string;
      /** @description Kind of its question. */
      kind: components["schemas"]["QuestionKind"];
      /** @description Unique among those that are not archived. */
      name: string;
    };
    /** @description What the snippet needs, whether anything came, and what is wrong. */
    Installation: {
      /** @description What is known to be wrong or missing, the gravest first. */
      findings: components["schemas"]["InstallationFinding"][];
      /**
       * Format: int64
       * @description Time of the first event, UTC, milliseconds since the epoch.
       */
      first_event_ms?: number | null;
      /** @description Public key of the site. */
      key: string;
      /**
       * Format: int64
       * @description Time of the last event.
       */
      last_event_ms?: number | null;
      /** @description Address of this server. */
      origin: string;
      /**
       * Format: int64
       * @description Since when the server notes what the findings go by; restarts forget nothing of it.
       */
      seen_since_ms: number;
    };
    /** @description One thing that is wrong or missing. */
    InstallationFinding: {
      /**
       * @description `events`: nothing counts. `silence`: events counted, and none does any more. `some_events`:
       *     events count, and others do not get here. `recordings`: events count, and nothing of them is
       *     recorded.
       */
      affects: string;
      /** @description Stable name of the cause, as `foreign_page` or `recorder_missing`. */
      code: string;
      /**
       * Format: int64
       * @description When it happened for the last time; absent for what has not happened.
       */
      last_ms?: number | null;
      /** @description What the server has seen, in one sentence. */
      says: string;
      /** @description The way out. */
      way_out: string;
    };
    /**
     * @description Width of a trend's buckets, in the question's time zone.
     * @enum {string}
     */
    Interval: "minute" | "hour" | "day" | "week" | "month";
    /** @description Somebody to be invited. */
    Invitation: {
      /** @description E-mail address; nothing is sent to it. */
      email: string;
    };
    /** @description One entry of the identity ledger. */
    LedgerEntry: {
      /** @description `identify`, `alias` or `undo`. */
      reason: string;
      /** Format: int64 */
      time_ms: number;
      /** @description The site's own name of the user; empty for an undo. */
      user: string;
      /** @description Whether it came with a secret token, a signature, an import, or from an editor. */
      verified: boolean;
      visitor: string;
    };
    /** @description Properties without a column. Both are upper bounds. */
    LeftOut: {
      /**
       * Format: int64
       * @description How many names.
       */
      names: number;
      /**
       * Format: int64
       * @description How many values of events they have.
       */
      rows: number;
    };
    /**
     * @description Whose property it is.
     * @enum {string}
     */
    Level: "event" | "person" | "account";
    /** @description A question of kind `lifecycle`. */
    Lifecycle: {
      /** @description What makes a person active in an interval; any event when absent. */
      active?: components["schemas"]["EventSelection"];
    };
    /** @description What a one-time link is for. */
    LinkFound: {
      /**
       * Format: int64
       * @description Until when it works; UTC, milliseconds since the epoch.
       */
      ends_at_ms: number;
      /** @description `first_user`: it makes the owner. `password`: it sets the password of whom it was sent to. */
      purpose: string;
    };
    /** @description A one-time link, before anything is typed. */
    LinkLook: {
      /** @description The link's token: what stands behind `#`. */
      token: string;
    };
    /** @description The password of a link. */
    LinkPassword: {
      /** @description As it was given along with the link. */
      password: string;
    };
    /**
     * @description What a row of the list is.
     * @enum {string}
     */
    ListedBy: "persons" | "accounts";
    /** @description A session that is there now. */
    LiveSession: {
      /** @description Browser family. */
      browser: string;
      /** @description Channel of the arrival. */
      channel: string;
      /** @description Country code. */
      country: string;
      /** @description Kind of device. */
      device: string;
      /**
       * Format: int32
       * @description Events but measurements.
       */
      events: number;
      /**
       * Format: int64
       * @description Time of the last event.
       */
      last_ms: number;
      /** @description Path of the page it is on. */
      page: string;
      /**
       * Format: int32
       * @description `pageview` events.
       */
      pageviews: number;
      /** @description The human. */
      person: string;
      /** @description Its id. */
      session: string;
      /** @description Source of the arrival. */
      source: string;
      /**
       * Format: int64
       * @description Time of the first event.
       */
      started_ms: number;
      /** @description Operating system. */
      system: string;
      /** @description Title of that page. */
      title: string;
      /** @description The browser or device. */
      visitor: string;
    };
    /** @description One session that is there. */
    LiveSessionRow: components["schemas"]["LiveSession"] & {
      /** @description Whether a recording of it is stored. */
      recorded: boolean;
    };
    /** @description What is going on. */
    LiveView: {
      /** @description What it was made from. */
      data_version: string;
      /**
       * Format: int64
       * @description Time of the server, UTC, milliseconds since the epoch.
       */
      now_ms: number;
      /**
       * Format: int64
       * @description Different persons with an event in the last five minutes.
       */
      people_now: number;
      /** @description Events of the last half hour, the newest first, at most 100. */
      recent: components["schemas"]["RecentEvent"][];
      /** @description Their sessions, the latest event first. */
      sessions: components["schemas"]["LiveSessionRow"][];
    };
    /** @description One sum. */
    LossFigure: {
      /**
       * Format: int64
       * @description How often.
       */
      count: number;
      /**
       * Format: int64
       * @description Start of the day UTC.
       */
      day_ms: number;
      /**
       * @description Why: a code of docs/reference/errors.md or docs/reference/wire.md; `given_up` of what was lost,
       *     `no_first_picture` of recordings.
       */
      reason: string;
      /**
       * @description `lost`: events and pieces of recordings that pages gave up and told of. `event`: refused out
       *     of a body that was taken. `events`, `recording`: a body that was refused as a whole.
       *     `unplayable`: recordings that are kept and that no player can show.
       */
      what: string;
    };
    /** @description What the numbers may have missed. */
    LossFigures: {
      /** @description Sums that are not zero, the first day first. */
      figures: components["schemas"]["LossFigure"][];
      /**
       * Format: int64
       * @description Start of the first day UTC that is told.
       */
      from_ms: number;
      /**
       * Format: int64
       * @description Start of the last one: today.
       */
      to_ms: number;
    };
    /** @description What people did with the recordings of sessions. */
    Marked: {
      /** @description Recordings in this collection, by its id. */
      collection?: string | null;
      /** @description Recordings with notes. */
      notes?: boolean;
      /** @description Recordings that have all these tags. */
      tags?: string[];
    };
    /** @description Answer to `me`. */
    Me: {
      /** @description Address of the demo shop while it is served. */
      demo_shop?: string | null;
      /** @description Sites with the role on each. */
      sites: components["schemas"]["MySite"][];
      /** @description The user. */
      user: components["schemas"]["MyUser"];
      /** @description Version of the server. */
      version: string;
    };
    /**
     * @description A number about events.
     * @enum {string}
     */
    Measure:
      | "persons"
      | "visitors"
      | "sessions"
      | "pageviews"
      | "events"
      | "bounce_rate"
      | "engaged_time"
      | "pages_per_session"
      | "session_duration";
    /** @description The members of a site. */
    MemberList: {
      /** @description By e-mail address. */
      members: components["schemas"]["MemberRow"][];
    };
    /** @description One member. */
    MemberRow: {
      /** @description E-mail address. */
      email: string;
      /** @description `viewer`, `editor` or `admin`. */
      role: string;
      /**
       * Format: int64
       * @description Number of the user.
       */
      user: number;
    };
    /**
     * @description How much a page may remember of its visitor.
     * @enum {string}
     */
    Mode: "cookieless" | "persistent";
    /** @description Until when an alert is silent. */
    MuteDraft: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; until somebody ends it when absent.
       */
      until_ms?: number | null;
    };
    /** @description Where the caller is seen to be; told to them alone and kept nowhere. */
    MyAddress: {
      /**
       * @description The network address of this request; of IPv6 the network of 64 bits that it is in, because the
       *     rest changes daily.
       */
      address: string;
      /**
       * @description True of what is none of the public internet, as this machine, a network of one's own or of a
       *     carrier, and of a proxy that names nobody behind it: others may be seen under the same address.
       */
      shared: boolean;
    };
    /** @description A site that a user may look at. */
    MySite: {
      /** @description `viewer`, `editor` or `admin`. */
      role: string;
      /** @description The site. */
      site: components["schemas"]["Site"];
    };
    /** @description The user of a login. */
    MyUser: {
      /** @description E-mail address. */
      email: string;
      /**
       * Format: int64
       * @description Number.
       */
      id: number;
      /** @description True when a second factor must be made before anything else. */
      must_make_factor: boolean;
      /** @description Whether everything of the installation is allowed. */
      owner: boolean;
      /**
       * Format: int32
       * @description How many recovery codes are left.
       */
      recovery_codes_left: number;
      /** @description Whether the sign-in asks for a code. */
      second_factor: boolean;
    };
    /** @description A new link. */
    NewBoardShare: components["schemas"]["BoardShareRow"] & {
      /** @description The address for a frame; absent when no origin may frame the board. */
      embed?: string | null;
      /** @description The address. */
      link: string;
    };
    /** @description What came since. */
    NewChunks: {
      /** @description In the order in which they play. */
      chunks: components["schemas"]["ChunkRow"][];
    };
    /** @description A second factor that is not confirmed yet. */
    NewFactor: {
      /** @description The same as an `otpauth:` address. */
      address: string;
      /** @description The same as a picture: rows of a QR code, `1` dark and `0` light, without a margin. */
      picture: string[];
      /** @description The secret in base 32, for those who type it into their app. */
      secret: string;
    };
    /** @description A role to be given. */
    NewRole: {
      /** @description `viewer`, `editor` or `admin`. */
      role: string;
    };
    /** @description A new link. */
    NewShare: components["schemas"]["ShareRow"] & {
      /** @description The address; `&t=83` at its end begins at that second. */
      link: string;
    };
    /** @description A token as it is shown once. */
    NewToken: {
      /** @description Public id. */
      id: string;
      /** @description What to send behind `Authorization: Bearer`. */
      secret: string;
    };
    /** @description A note to be made, or what one is to be. */
    NoteDraft: {
      /** @description What it says, at most 4,096 bytes. */
      text: string;
      /**
       * Format: int64
       * @description The moment it is about, within the recording, UTC, milliseconds since the epoch.
       */
      time_ms: number;
    };
    /** @description One note. */
    NoteRow: {
      /** @description Whether the caller may change and remove it. */
      changeable: boolean;
      /**
       * Format: int64
       * @description When it was changed last; when it was made, if never.
       */
      changed_at_ms: number;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /** @description Public id. */
      id: string;
      /** @description What it says. */
      text: string;
      /**
       * Format: int64
       * @description The moment it is about, UTC, milliseconds since the epoch.
       */
      time_ms: number;
    };
    /** @description A one-time link, to be handed over. */
    OneTimeLink: {
      /** @description The address. */
      link: string;
    };
    /**
     * @description How a filter compares.
     * @enum {string}
     */
    Operator:
      | "is"
      | "is_not"
      | "contains"
      | "does_not_contain"
      | "starts"
      | "matches"
      | "alike"
      | "greater"
      | "less"
      | "between"
      | "set"
      | "not_set";
    /** @description Which events are orders, and which property says what one is worth. */
    OrderValue: {
      /** @description Name of the event, as `purchase`. */
      event: string;
      /** @description Its property, as `value`. */
      property: string;
    };
    /** @description The user's password once more. */
    OwnPassword: {
      /** @description As at the sign-in. */
      password: string;
    };
    /** @description The user's address again, so that nobody becomes an owner by a slip. */
    OwnerConfirmation: {
      /** @description The user's e-mail address. */
      email: string;
    };
    /** @description Where a page is to be seen: chunks of one page load, and the moment. */
    PagePicture: {
      /**
       * Format: int64
       * @description The moment to be shown: when it had settled, or was left.
       */
      at_ms: number;
      /** @description What has to be played, in this order, the first with its keyframe where it has one. */
      chunks: components["schemas"]["ChunkRow"][];
      /** @description Kind of the device; empty when it is not known. */
      device: string;
      /**
       * Format: int64
       * @description When the page came up, UTC, milliseconds since the epoch.
       */
      recorded_ms: number;
      /** @description The session in which it was recorded. */
      session: string;
      /** @description The page load. */
      window: string;
    };
    /** @description What `GET /c/{key}` answers: the rules, and what else of the settings a page goes by. */
    PageRules: components["schemas"]["Rules"] & {
      mode?: components["schemas"]["Mode"] | null;
      /**
       * Format: int32
       * @description Idle time that ends a session.
       */
      session_idle_ms: number;
      /**
       * @description Style sheets that recordings of the site share, each by the digest of its JSON: a recorder that
       *     shows one may name it instead of sending it. Left out when there are none.
       */
      sheets?: string[];
      /** @description The site's active surveys; left out when there are none. */
      surveys?: components["schemas"]["PageSurvey"][];
    };
    /** @description An active survey among the rules of a page. */
    PageSurvey: components["schemas"]["Survey"] & {
      /** @description Public id, which its events carry as the property `survey`. */
      id: string;
    };
    /** @description One panel of a board. */
    Panel: {
      /** @description Unique on its board: 1 to 16 lower-case letters and digits. */
      id: string;
      /** @description Where it stands. */
      place: components["schemas"]["PanelPlace"];
      /** @description What it shows. */
      shows: components["schemas"]["PanelShows"];
      /** @description In place of the insight's or measure's name; of a text its heading. */
      title?: string;
    };
    /**
     * @description How an insight is shown on a board.
     * @enum {string}
     */
    PanelDisplay: "chart" | "table" | "number";
    /**
     * @description What of a panel is asked.
     * @enum {string}
     */
    PanelPart: "answer" | "whole" | "number" | "line";
    /** @description Where a panel stands, in cells from the left and the top. */
    PanelPlace: {
      /**
       * Format: int32
       * @description Rows, at least 1.
       */
      height: number;
      /**
       * Format: int32
       * @description Columns, at least 1; the grid has 12.
       */
      width: number;
      /**
       * Format: int32
       * @description First column, from 0.
       */
      x: number;
      /**
       * Format: int32
       * @description First row, from 0.
       */
      y: number;
    };
    /** @description What a panel shows. */
    PanelShows:
      | {
          /** @description How. */
          display?: components["schemas"]["PanelDisplay"];
          /** @description Its id. */
          insight: string;
        }
      | {
          /** @description Which. */
          measure: components["schemas"]["Measure"];
        }
      | {
          /** @description The text. */
          text: string;
        };
    /** @description The user's password once more, and a code. */
    PasswordAndCode: {
      /** @description Six digits, or a recovery code. */
      code: string;
      /** @description As at the sign-in. */
      password: string;
    };
    /** @description The password as it is and as it will be. */
    PasswordChange: {
      /** @description At least 10 characters. */
      new: string;
      /** @description As at the sign-in. */
      old: string;
    };
    /**
     * @description Which rows the answer has.
     * @enum {string}
     */
    PathRows: "edges" | "sequences";
    /**
     * @description What the steps of a path are.
     * @enum {string}
     */
    PathSteps: "pages" | "events";
    /**
     * @description A question of kind `paths`. With none of `from`, `to` and `through` paths begin where sessions
     *     do; more than one of them is refused. `limit` of the question is, of edges, how many steps
     *     have a name at each position (10 when absent; the others are `(other)`), and of sequences how
     *     many rows there are (20 when absent).
     */
    Paths: {
      /** @description Whether a step that follows itself is one step. */
      collapse?: boolean;
      /**
       * Format: int32
       * @description Steps of a path, 2 to 10; 5 when absent.
       */
      depth?: number | null;
      /** @description Pages or events that are left out, as if they had not happened; patterns too. */
      exclude?: string[];
      /** @description Conditions on the events that make steps. */
      filters?: components["schemas"]["Condition"][];
      /** @description Paths that begin with this page, event or group, where a session has it first. */
      from?: string | null;
      /**
       * @description Patterns such as `/product/*`, where `*` is any run of characters; what matches one is one
       *     step of that name. The first that matches counts.
       */
      groups?: string[];
      /** @description Which rows. */
      rows?: components["schemas"]["PathRows"];
      /** @description What the steps are. */
      steps?: components["schemas"]["PathSteps"];
      /**
       * @description Paths through this page, event or group, where a session has it first: half of the other
       *     steps before it, half after it, of an odd number one more after it.
       */
      through?: string | null;
      /** @description Paths that end with this page, event or group, where a session has it last. */
      to?: string | null;
    };
    /** @description Who stands behind a cell of an answer: the same question, and the cell. */
    PeopleQuestion: {
      /** @description The cell. */
      cell: components["schemas"]["CellAddress"];
      /**
       * Format: int32
       * @description How many rows at most; 100 when absent.
       */
      limit?: number | null;
      /** @description The question whose answer has the cell. */
      question: components["schemas"]["Question"];
      sessions?: components["schemas"]["SessionList"] | null;
    };
    /** @description Which time is asked about. Calendar days are those of the question's time zone. */
    Period:
      | {
          /** @description The span. */
          last: string;
        }
      | {
          /** @description First day. */
          from: string;
          /** @description Last day. */
          to: string;
        }
      | {
          /**
           * Format: int64
           * @description UTC, milliseconds since the epoch.
           */
          from_ms: number;
          /**
           * Format: int64
           * @description UTC, milliseconds since the epoch.
           */
          to_ms: number;
        };
    /** @description One event with whose it is. */
    PersonEvent: components["schemas"]["SessionEvent"] & {
      device: string;
      session: string;
      visitor: string;
    };
    /** @description A page of what a person did, the newest first. */
    PersonEvents: {
      events: components["schemas"]["PersonEvent"][];
      /**
       * @description What could not be read, in words, and may have had some of them; empty when nothing is
       *     missing.
       */
      missing: string[];
      /** @description What `before` of the next page is; null when there is none. */
      next?: string | null;
    };
    /** @description A property of a person or of their account. */
    PersonFact: {
      /** @description Its name, as `traits.plan`. */
      name: string;
      /** @description `person` or `account`. */
      of: components["schemas"]["Level"];
      /**
       * Format: int64
       * @description Since when it has this value, UTC, milliseconds since the epoch.
       */
      since_ms: number;
      value: Record<string, never>;
    };
    /** @description A person and how it came to be. */
    PersonLedger: {
      /** @description Entries of all visitors that are or were of this person, oldest first. */
      entries: components["schemas"]["LedgerEntry"][];
      /** @description Its key now: the id of its first visitor. */
      person: string;
      /** @description Its visitors now, in the order in which they joined. */
      visitors: string[];
    };
    /** @description How persons are listed. */
    PersonList: {
      /** @description The smallest first. */
      ascending?: boolean;
      /** @description What a row is; a person when absent. */
      by?: components["schemas"]["ListedBy"];
      /**
       * Format: int32
       * @description Rows that are passed over. With the question's limit at most
       *     [`ANSWER_ROWS`](crate::limits::ANSWER_ROWS).
       */
      offset?: number;
      /** @description By what it is ordered; by the last event when absent. */
      order?: components["schemas"]["PersonOrder"];
      /**
       * @description Properties of the persons, or of the accounts, a column each, at most
       *     [`PERSON_COLUMNS`](crate::limits::PERSON_COLUMNS).
       */
      properties?: string[];
      /**
       * @description Only who has this text, in any case, in the site's own name of the user, in a property or in
       *     the account, or this id of a person or visitor. Accounts: in the account.
       */
      search?: string | null;
      value?: components["schemas"]["OrderValue"] | null;
    };
    /**
     * @description Who of a site is to be listed: a question of kind `sessions`, which says whose sessions count,
     *     and how the list is to be.
     */
    PersonListQuestion: {
      /** @description How they are listed. */
      list?: components["schemas"]["PersonList"];
      /** @description Period, filters, bots and limit (100 when absent). */
      question: components["schemas"]["Question"];
    };
    /**
     * @description By what the list is ordered. All numbers are those of the period.
     * @enum {string}
     */
    PersonOrder:
      | "last_seen"
      | "first_seen"
      | "persons"
      | "sessions"
      | "events"
      | "pageviews"
      | "errors"
      | "orders"
      | "value";
    /** @description Who a person is. */
    PersonProfile: {
      /** @description The account of the latest `group`; empty when there is none. */
      account: string;
      /** @description When that changed, the latest first. */
      changes: components["schemas"]["FactChange"][];
      /** @description Whether there were more changes than are looked at. */
      changes_cut: boolean;
      /** @description Entries of the identity ledger of all visitors that are or were of this person, oldest first. */
      entries: components["schemas"]["LedgerEntry"][];
      /**
       * @description What could not be read, in words: facts and changes may be in it. Empty when nothing is
       *     missing.
       */
      missing: string[];
      mode?: components["schemas"]["Mode"] | null;
      /** @description Its key now: the id of its first visitor. */
      person: string;
      /** @description What the site said last, by name. */
      properties: components["schemas"]["PersonFact"][];
      /**
       * Format: int64
       * @description How many recordings there are.
       */
      recordings: number;
      /** @description The site's own name of the user; empty when it gave none. */
      user: string;
      /** @description Whether somebody with a secret vouched for that name. */
      verified: boolean;
      /** @description Its visitors now, in the order in which they joined. */
      visitors: string[];
    };
    /** @description An alert that is being thought about. */
    PreviewDraft: {
      /**
       * Format: int32
       * @description Hours after a message in which no other is sent; 24 when absent.
       */
      cool_down_hours?: number | null;
      /** @description What would be watched; an empty `column` or `row` is filled in with what is most usual. */
      watch: components["schemas"]["AlertWatch"];
    };
    /** @description One bucket. */
    PreviewPoint: {
      /** @description Whether it would have fired. */
      fires: boolean;
      /**
       * Format: int64
       * @description Its start; UTC, milliseconds since the epoch.
       */
      from_ms: number;
      /**
       * Format: double
       * @description The highest value that would not fire.
       */
      high?: number | null;
      /**
       * Format: double
       * @description The lowest value that would not fire.
       */
      low?: number | null;
      /** @description Whether somebody would have been told: not within the cool-down. */
      sends: boolean;
      /**
       * Format: int64
       * @description Its end.
       */
      to_ms: number;
      /**
       * Format: double
       * @description Its number.
       */
      value?: number | null;
    };
    /** @description The JSON of a problem. */
    ProblemDocument: {
      /** @description Stable name, for programs; of a question that cannot be answered one of its own. */
      code: string;
      /** @description What happened here and what to do. */
      detail: string;
      /** @description The part of the body that the problem is about, as `funnel.steps[1].filters[0]`. */
      field?: string | null;
      /** @description Under which the log knows more. */
      id?: string | null;
      /**
       * Format: int32
       * @description HTTP status.
       */
      status: number;
      /** @description The same few words for each code. */
      title: string;
      /** @description Link to the explanation of the code. */
      type: string;
    };
    /** @description How far an import came, and what became of the last piece. */
    Progress: {
      /**
       * Format: int64
       * @description Events of this piece that are stored now; of a recording its recorder events.
       */
      accepted: number;
      /**
       * Format: int64
       * @description Where the next piece begins.
       */
      bytes: number;
      /**
       * Format: int64
       * @description Events of this piece that were stored before.
       */
      duplicates: number;
      /**
       * Format: int64
       * @description Recorder events of this piece of kinds that are kept of no recording, as what draws on a
       *     canvas.
       */
      left_out: number;
      /**
       * Format: int64
       * @description Lines read so far.
       */
      lines: number;
      /** @description The first of what was rejected, in words. */
      problems: string[];
      /**
       * Format: int64
       * @description Lines of this piece that are no event.
       */
      rejected: number;
      /** @description The session that a recording became. */
      session?: string | null;
    };
    /** @description A property as a fact. */
    PropertyFact: {
      /** @description Whose it is; the event's when absent. */
      of?: components["schemas"]["Level"];
      /** @description Its name. */
      property: string;
    };
    /** @description A condition on a property. */
    PropertyFilter: {
      /** @description Whose it is; the event's when absent. */
      of?: components["schemas"]["Level"];
      /** @description How it is compared. */
      operator: components["schemas"]["Operator"];
      /** @description Its name. */
      property: string;
      /**
       * @description With what: texts, numbers, true or false, compared as they are written. A list passes
       *     when one of its entries does.
       */
      values?: string[];
    };
    /** @description The properties of a site's events. */
    PropertyList: {
      /** @description What has no column, and so is not listed, because a site has too many names. */
      left_out: components["schemas"]["LeftOut"];
      /** @description What could not be read, in words; empty when the list is whole. */
      missing: string[];
      /** @description The most frequent first, equal ones by name. */
      properties: components["schemas"]["PropertyRow"][];
      /** @description How many there are; more than are listed when they are over the limit of a listing. */
      total: number;
    };
    /** @description One property. */
    PropertyRow: {
      /** @description `text`, `number`, `boolean`, `time`, `list`: each kind that a value had. */
      kinds: string[];
      /** @description Its name. */
      name: string;
      /**
       * Format: int64
       * @description How many events have it.
       */
      rows: number;
    };
    /** @description A question over the events of one site. */
    Question: {
      /** @description Which senders count. */
      bots?: components["schemas"]["Bots"];
      /** @description What it is held against. */
      compare?: components["schemas"]["Compare"];
      correlation?: components["schemas"]["Correlation"] | null;
      dimension?: components["schemas"]["Dimension"] | null;
      distribution?: components["schemas"]["Distribution"] | null;
      errors?: components["schemas"]["ErrorGroups"] | null;
      /** @description All must hold. */
      filters?: components["schemas"]["Condition"][];
      forms?: components["schemas"]["Forms"] | null;
      funnel?: components["schemas"]["Funnel"] | null;
      goals?: components["schemas"]["Goals"] | null;
      heatmap?: components["schemas"]["Heatmap"] | null;
      interval?: components["schemas"]["Interval"] | null;
      /** @description What kind of answer. */
      kind: components["schemas"]["QuestionKind"];
      lifecycle?: components["schemas"]["Lifecycle"] | null;
      /**
       * Format: int32
       * @description Rows of a breakdown (10 when absent), or of a list of sessions, errors or forms, or of a
       *     heatmap (100 when absent).
       */
      limit?: number | null;
      /** @description Which numbers; for `sessions` none. */
      measures?: components["schemas"]["Measure"][];
      paths?: components["schemas"]["Paths"] | null;
      /** @description Which time. */
      period: components["schemas"]["Period"];
      retention?: components["schemas"]["Retention"] | null;
      sessions?: components["schemas"]["SessionList"] | null;
      stickiness?: components["schemas"]["Stickiness"] | null;
      /** @description IANA time zone; the site's when absent. */
      time_zone?: string | null;
      trend?: components["schemas"]["TrendSeries"] | null;
    };
    /**
     * @description What kind of answer is wanted.
     * @enum {string}
     */
    QuestionKind:
      | "totals"
      | "trend"
      | "breakdown"
      | "sessions"
      | "funnel"
      | "retention"
      | "paths"
      | "lifecycle"
      | "stickiness"
      | "goals"
      | "distribution"
      | "correlation"
      | "errors"
      | "forms"
      | "heatmap";
    /** @description Questions that are asked at once. */
    QuestionsTogether: {
      /** @description 1 to 32. */
      questions: components["schemas"]["Question"][];
    };
    /** @description What became of the lines. */
    Received: {
      /**
       * Format: int32
       * @description Events that are on stable storage now.
       */
      accepted: number;
      /**
       * Format: int32
       * @description Events that were stored before.
       */
      duplicates: number;
      /** @description Lines that were not taken. */
      rejected: components["schemas"]["RejectedLine"][];
      /**
       * Format: int32
       * @description Events that would count again if this body were sent again: they have no `id`, and the
       *     request no `Idempotency-Key`.
       */
      without_id: number;
    };
    /** @description One of the last events. */
    RecentEvent: {
      /** @description Its name. */
      name: string;
      /** @description Path of the page. */
      page: string;
      /** @description Its session. */
      session: string;
      /** @description Words that say more: the title of the page; the server adds what was clicked. */
      text: string;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      time_ms: number;
    };
    /**
     * @description Pictures and web fonts that a page takes along with its recording, out of its own cache.
     * @enum {string}
     */
    RecordAssets: "none" | "own" | "all";
    /** @description What recordings tell of a page: a sample of its visits. */
    RecordedHeat: {
      /**
       * Format: int32
       * @description Columns, each an equal share of the window's width.
       */
      columns: number;
      /** @description Row, column, and how often the pointer was there when the recorder looked. */
      moves: number[][];
      /**
       * Format: int32
       * @description Height of a row, CSS pixels of the page.
       */
      row_px: number;
      /** @description By row from the top of the page, what was in view. */
      rows: components["schemas"]["RecordedRow"][];
      /**
       * Format: int64
       * @description Recorded sessions that it is the sum of.
       */
      sessions: number;
      /**
       * Format: int32
       * @description The middle height of their windows, CSS pixels; none of no session.
       */
      window_px?: number | null;
    };
    /** @description What was in view in a row of the page. */
    RecordedRow: {
      /**
       * Format: int64
       * @description Time in view while the visitor attended, all sessions together, milliseconds.
       */
      ms: number;
      /**
       * Format: int64
       * @description Sessions that had it in view.
       */
      sessions: number;
    };
    /** @description One recording with its chunks. */
    RecordingDetail: {
      /** @description In the order in which they play. */
      chunks: components["schemas"]["ChunkRow"][];
      /** @description The collections that have it, by name. */
      collections: components["schemas"]["CollectionRow"][];
      /** @description By their moments. */
      notes: components["schemas"]["NoteRow"][];
      /** @description What the catalog knows. */
      summary: components["schemas"]["RecordingSummary"];
      /** @description By name. */
      tags: string[];
    };
    /**
     * @description Why a session has no recording any more, where its age and its length do not tell.
     * @enum {string}
     */
    RecordingGone: "deleted" | "disk_full";
    /** @description One page of the list. */
    RecordingList: {
      /** @description The newest first. */
      recordings: components["schemas"]["RecordingRow"][];
      /**
       * Format: int64
       * @description How many there are in all.
       */
      total: number;
    };
    /** @description One recording with facts of its session. */
    RecordingRow: components["schemas"]["RecordingSummary"] & {
      browser: string;
      country: string;
      device: string;
      errors: number;
      events: number;
      /** @description How many notes it has. */
      notes: number;
      /** @description Page loads in which the visitor did something after the last that is recorded of them. */
      pages_cut: number;
      /** @description Page loads that are known from events and of which nothing is recorded. */
      pages_missing: number;
      pageviews: number;
      rage_clicks: number;
      /** @description Whether the caller has seen it; programs never have. */
      seen: boolean;
      system: string;
      /** @description By name. */
      tags: string[];
    };
    /** @description One session's recording, in a list. */
    RecordingSummary: {
      /**
       * Format: int32
       * @description Chunks that are stored.
       */
      chunks: number;
      /**
       * Format: int32
       * @description Chunks that are known to be missing, from holes in the sequences.
       */
      chunks_missing: number;
      /**
       * Format: int64
       * @description Time of its last recorded event.
       */
      ended_ms: number;
      /** @description Path of the first recorded page. */
      path: string;
      /** @description Whether it stays when it is old and when the disk is over its mark. */
      pinned: boolean;
      /** @description Whether a player can show it: some window has a full snapshot. */
      playable: boolean;
      /** @description The session. */
      session: string;
      /**
       * Format: int64
       * @description Time of its first recorded event, UTC, milliseconds since the epoch.
       */
      started_ms: number;
      /**
       * Format: int64
       * @description Bytes at rest.
       */
      stored_bytes: number;
      /** @description Its visitor. */
      visitor: string;
    };
    /**
     * @description What is asked of the recordings of listed sessions. Only whoever has the recordings can answer.
     * @enum {string}
     */
    RecordingsAsked: "recorded" | "unseen";
    /** @description What recordings take. */
    RecordingsKept: {
      /**
       * Format: int64
       * @description Bytes of their chunks.
       */
      bytes: number;
      /** @description Those that will go, the first day first. */
      coming: components["schemas"]["Coming"][];
      /**
       * Format: int64
       * @description How many, the pinned too.
       */
      count: number;
      /**
       * Format: int32
       * @description Days that they are kept.
       */
      days: number;
      /**
       * Format: int64
       * @description Bytes of style sheets and images that too few visitors sent to share them.
       */
      own_bytes: number;
      /**
       * Format: int64
       * @description How many are pinned: these stay.
       */
      pinned: number;
      /**
       * Format: int64
       * @description Bytes of these.
       */
      pinned_bytes: number;
      /**
       * Format: int64
       * @description Bytes of style sheets, images and pages that recordings have alike; each goes with the last
       *     recording that needs it.
       */
      shared_bytes: number;
      /**
       * Format: int64
       * @description How many no player can show, for want of a full snapshot.
       */
      unplayable: number;
    };
    /** @description One line that was not taken. */
    RejectedLine: {
      /** @description Stable code. */
      code: string;
      /** @description The field or the limit. */
      field: string;
      /**
       * Format: int32
       * @description Its number, from 1.
       */
      line: number;
      /** @description What is wrong, and the way out. */
      message: string;
    };
    /** @description What became of recordings. */
    Repacked: {
      /**
       * Format: int64
       * @description Their bytes now.
       */
      bytes_after: number;
      /**
       * Format: int64
       * @description Their bytes before.
       */
      bytes_before: number;
      /**
       * Format: int64
       * @description Bytes that came beside them: style sheets, images, bases of pages.
       */
      bytes_beside: number;
      /**
       * Format: int64
       * @description Recordings that cannot be read; the log says why.
       */
      failed: number;
      /**
       * Format: int64
       * @description How many were put in order.
       */
      recordings: number;
    };
    /** @description What a probe found. */
    Report: {
      /**
       * Format: int64
       * @description Free bytes of the disk with the data folder.
       */
      disk_free_bytes: number;
      /**
       * Format: int64
       * @description All its bytes.
       */
      disk_total_bytes: number;
      /**
       * Format: int64
       * @description When it was probed, UTC, milliseconds since the epoch.
       */
      probed_at_ms: number;
      /** @description Why, in words; empty when everything works. */
      reasons: string[];
      /** @description The word. */
      word: components["schemas"]["Word"];
    };
    /** @description A period after "last 7 days" has become two times. */
    ResolvedPeriod: {
      /**
       * Format: int64
       * @description First millisecond.
       */
      from_ms: number;
      /**
       * Format: int64
       * @description First millisecond after it.
       */
      to_ms: number;
    };
    /** @description A question of kind `retention`. */
    Retention: {
      /**
       * Format: int32
       * @description How many intervals after the cohort's own are shown, 1 to 100; as many as the period has
       *     when absent.
       */
      intervals?: number | null;
      /** @description Who belongs to a cohort. */
      mode?: components["schemas"]["CohortMode"];
      /** @description When somebody counts as returned. */
      on?: components["schemas"]["ReturnOn"];
      /** @description What counts as coming back; any event when absent. */
      return?: components["schemas"]["EventSelection"];
      /** @description What makes a person part of a cohort; any event when absent. */
      start?: components["schemas"]["EventSelection"];
    };
    /**
     * @description When somebody counts as returned.
     * @enum {string}
     */
    ReturnOn: "exactly" | "on_or_after";
    /** @description Rules of one site for its pages; cacheable for a minute. */
    Rules: {
      /** @description Selectors that are not recorded at all. */
      block: string[];
      /** @description Path patterns (`*` matches any run of characters) on which nothing is sent. */
      blocked: string[];
      /** @description Whether `#/…` is part of the page's path. */
      hash_routes: boolean;
      /** @description Selectors that are masked. */
      mask: string[];
      /** @description Whether all text of recorded pages is masked. */
      mask_text: boolean;
      /** @description Query keys that may be kept in addresses, beside the built-in ones. */
      query_keys: string[];
      /** @description Whether sessions are recorded at all. */
      record: boolean;
      /** @description Which pictures and web fonts recordings have. */
      record_assets?: components["schemas"]["RecordAssets"];
      /**
       * @description Whether recordings have small pictures of what canvases show. Whatever is drawn there is
       *     seen, typed values too; what is masked or left out is not.
       */
      record_canvas?: boolean;
      /** @description Whether recordings have what the page logs, and its errors with the places they came from. */
      record_console?: boolean;
      /**
       * @description Whether recordings have what the page asked of the network: method, address, status, time
       *     and size; never a body or a header.
       */
      record_network?: boolean;
      /** @description Whether Do Not Track counts like Global Privacy Control. */
      respect_dnt: boolean;
      /**
       * Format: double
       * @description Share of sessions to record, 0 to 1; decided from the session before anything is captured.
       */
      sample: number;
      /** @description Selectors whose plain values and text may be shown. */
      show: string[];
      /**
       * Format: int32
       * @description Version of this object.
       */
      v: number;
    };
    /** @description A segment to be saved. */
    SegmentDraft: {
      /** @description At least one; all must hold. May use other segments by id or name. */
      conditions: components["schemas"]["Condition"][];
      /**
       * @description The id that a removed segment had, to bring it back: addresses that name it hold again. A new
       *     one when absent; where a segment is changed, its own or none.
       */
      id?: string | null;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description Whether sessions or persons are in it. */
      of: components["schemas"]["SegmentOf"];
    };
    /** @description The segments of a site. */
    SegmentList: {
      /** @description By name, archived ones too. */
      segments: components["schemas"]["SegmentRow"][];
    };
    /**
     * @description What a segment is of.
     * @enum {string}
     */
    SegmentOf: "sessions" | "persons";
    /** @description One segment. */
    SegmentRow: {
      /**
       * Format: int64
       * @description Since when it is archived, UTC, milliseconds since the epoch.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /** @description Who changed it last, as `created_by`. */
      changed_by?: string | null;
      /** @description All must hold; other segments stand in them by id. */
      conditions: components["schemas"]["Condition"][];
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /** @description Public id. */
      id: string;
      /** @description Unique among those that are not archived. */
      name: string;
      /** @description Whether sessions or persons are in it. */
      of: components["schemas"]["SegmentOf"];
    };
    /** @description One series. */
    Series: {
      /** @description What is counted. */
      aggregate?: components["schemas"]["Aggregate"];
      /** @description Names of events; any event but measurements when empty. */
      events?: string[];
      /** @description All must hold. */
      filters?: components["schemas"]["Condition"][];
      /** @description Only each person's first such event ever, before the period too. */
      first_time?: boolean;
      /** @description What its column is called; `A`, `B`, … by position when absent. */
      label?: string | null;
      /**
       * @description The event's property whose numbers are looked at; for `sum`, `average`, `minimum`,
       *     `maximum`, `median`, the percentiles, and if wanted `per_person`.
       */
      property?: string | null;
    };
    /** @description One session. */
    SessionDetail: {
      /** @description The pattern that made the sender a bot; empty for people. */
      bot: string;
      browser: string;
      browser_version: string;
      campaign: string;
      channel: string;
      content: string;
      country: string;
      device: string;
      /** Format: int64 */
      ended_ms: number;
      /** @description In the order of their times. */
      events: components["schemas"]["SessionEvent"][];
      language: string;
      medium: string;
      mode: components["schemas"]["Mode"];
      person: string;
      recording?: components["schemas"]["RecordingSummary"] | null;
      recording_gone?: components["schemas"]["RecordingGone"] | null;
      /** @description Host of the page that led here. */
      referrer: string;
      screen_px: number[];
      session: string;
      source: string;
      /** Format: int64 */
      started_ms: number;
      system: string;
      system_version: string;
      term: string;
      visitor: string;
    };
    /** @description One event of a session. */
    SessionEvent: {
      name: string;
      /** @description Who sent it: a browser, a server or an import. */
      origin: string;
      page: components["schemas"]["SessionPage"];
      properties: Record<string, never>;
      /** Format: int32 */
      sequence: number;
      /** Format: int64 */
      time_ms: number;
      /** @description Revenue or an identity that came with the public key alone. */
      unverified: boolean;
      window: string;
    };
    /** @description A condition on a number of the session. */
    SessionFilter: {
      /** @description `is`, `is_not`, `greater`, `less` or `between`. */
      operator: components["schemas"]["Operator"];
      /** @description Which number. */
      session: components["schemas"]["SessionNumber"];
      /** @description With what. */
      values?: string[];
    };
    /**
     * @description How a question of kind `sessions` lists them. With it the answer has the columns on signals of
     *     frustration and on what made each session pass.
     */
    SessionList: {
      /** @description Only sessions whose recordings are marked so; all when nothing is asked. */
      marked?: components["schemas"]["Marked"];
      /** @description In which order; newest first when absent. */
      order?: components["schemas"]["SessionOrder"];
      /** @description Only sessions of this person, by its key. */
      person?: string | null;
      recordings?: components["schemas"]["RecordingsAsked"] | null;
      /**
       * @description Of which signals each row tells the strongest, where it has one of them; of all when empty.
       *     For lists that are filtered by signals, so that rows speak of those.
       */
      signals?: components["schemas"]["SessionSignal"][];
    };
    /**
     * @description A number of a whole session.
     * @enum {string}
     */
    SessionNumber:
      | "duration_ms"
      | "engaged_ms"
      | "pageviews"
      | "events"
      | "errors"
      | "rage_clicks"
      | "dead_clicks"
      | "error_clicks"
      | "thrashes"
      | "u_turns"
      | "slow_pages";
    /**
     * @description In which order sessions are listed.
     * @enum {string}
     */
    SessionOrder: "newest" | "worth_watching" | "longest" | "most_errors" | "representative";
    /** @description The page of an event. */
    SessionPage: {
      host: string;
      path: string;
      query: string;
      title: string;
    };
    /**
     * @description A kind of signal of frustration.
     * @enum {string}
     */
    SessionSignal:
      | "rage_click"
      | "error_click"
      | "error"
      | "dead_click"
      | "thrash"
      | "u_turn"
      | "slow_page";
    /** @description A link to be made. */
    ShareDraft: {
      /**
       * Format: int32
       * @description How long it works, 1 to 90; 7 when absent.
       */
      days?: number | null;
      /**
       * @description Whether it says nothing of who it was: no name, no properties, no country. What the
       *     recorded pages show stays as it is.
       */
      hide_person?: boolean;
    };
    /** @description The links to a recording. */
    ShareList: {
      /** @description The newest first. */
      shares: components["schemas"]["ShareRow"][];
    };
    /** @description One link, without its secret. */
    ShareRow: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /**
       * @description Who made it: an e-mail address, which only admins of the site and that user see, the name
       *     of an API token, or `command line`.
       */
      created_by?: string | null;
      /**
       * Format: int64
       * @description Until when it works.
       */
      ends_at_ms: number;
      /** @description Whether it says nothing of who it was. */
      hide_person: boolean;
      /** @description Public id, which stands in the link too. */
      id: string;
      /**
       * Format: int32
       * @description How often it was opened.
       */
      opened: number;
      /**
       * Format: int64
       * @description When it was opened last.
       */
      opened_at_ms?: number | null;
    };
    /** @description A recording as a link shows it. */
    Shared: {
      /** @description In the order in which they play. */
      chunks: components["schemas"]["ChunkRow"][];
      /**
       * Format: int64
       * @description Until when the link works, UTC, milliseconds since the epoch.
       */
      ends_at_ms: number;
      session?: components["schemas"]["SharedSession"] | null;
      /** @description Name of the site. */
      site: string;
      /** @description Its time zone. */
      time_zone: string;
    };
    /** @description An annotation as readers of a link see it. */
    SharedAnnotation: {
      /**
       * Format: int64
       * @description When, or when it began; UTC, milliseconds since the epoch.
       */
      from_ms: number;
      /** @description What kind of thing happened. */
      kind: components["schemas"]["AnnotationKind"];
      /** @description What happened, in plain text. */
      text: string;
      /**
       * Format: int64
       * @description When it was over; UTC, milliseconds since the epoch.
       */
      to_ms?: number | null;
    };
    /**
     * @description What a reader asks: a panel of the board, and a part of it. The question is the saved one; whoever
     *     sends filters or a question of their own is refused.
     */
    SharedAsk: {
      /** @description Id of the panel. */
      panel: string;
      /** @description What of it. */
      part: components["schemas"]["PanelPart"];
      period?: components["schemas"]["Period"] | null;
    };
    /** @description A board as a link shows it. */
    SharedBoard: {
      /** @description What happened beside the numbers, where the link shows it. */
      annotations: components["schemas"]["SharedAnnotation"][];
      /** @description What all panels are asked in common. */
      common: components["schemas"]["BoardCommon"];
      /** @description Whether it is the demo site, whose visits are made up. */
      demo: boolean;
      /** @description What it is for, in plain text. */
      description: string;
      /**
       * Format: int64
       * @description Until when the link works, UTC, milliseconds since the epoch.
       */
      ends_at_ms: number;
      /** @description Each insight that a panel shows, once. */
      insights: components["schemas"]["BoardInsight"][];
      /** @description The board's name. */
      name: string;
      /** @description The panels. */
      panels: components["schemas"]["Panel"][];
      /**
       * Format: int32
       * @description So many days before today a period may be chosen in; absent when the board's own is shown.
       */
      period_days?: number | null;
      /** @description Name of the site. */
      site: string;
      /** @description Its time zone. */
      time_zone: string;
    };
    /** @description A session without its ids. */
    SharedSession: {
      browser: string;
      browser_version: string;
      campaign: string;
      channel: string;
      /** @description Empty when the person is hidden. */
      country: string;
      device: string;
      /** Format: int64 */
      ended_ms: number;
      /** @description In the order of their times. */
      events: components["schemas"]["SessionEvent"][];
      /** @description Empty when the person is hidden. */
      language: string;
      /** @description True when nothing tells who it was. */
      person_hidden: boolean;
      /** @description Host of the page that led here. */
      referrer: string;
      screen_px: number[];
      source: string;
      /** Format: int64 */
      started_ms: number;
      system: string;
      system_version: string;
      /** @description The site's own name of the user; empty when it has none, or when the person is hidden. */
      user: string;
    };
    /** @description What is measured. */
    Site: {
      /**
       * Format: int64
       * @description Time of creation, UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description True for the built-in demo site. */
      demo: boolean;
      /** @description Host names that may send; `*.example.org` allows all subdomains. */
      domains: string[];
      /** @description Its number. */
      id: components["schemas"]["SiteId"];
      /** @description The public write key, as it stands in the snippet. */
      key: string;
      /** @description Its name, unique in the installation. */
      name: string;
      /** @description Everything an admin can change beside name, domains and time zone. */
      settings: components["schemas"]["SiteSettings"];
      /** @description IANA time zone, as `Europe/Berlin`. */
      time_zone: string;
    };
    /** @description A site to be made. */
    SiteDraft: {
      /** @description Host names that may send. */
      domains: string[];
      /** @description Unique name. */
      name: string;
      settings?: components["schemas"]["SiteSettings"] | null;
      /** @description IANA time zone; UTC when absent. */
      time_zone?: string | null;
    };
    /**
     * Format: int32
     * @description A site of this installation: a small number given by the catalog, never given twice.
     */
    SiteId: number;
    /** @description All sites of the caller. */
    SiteList: {
      /** @description Oldest first. */
      sites: components["schemas"]["Site"][];
    };
    /** @description What of a site changes; absent fields stay. */
    SitePatch: {
      /**
       * @description The site's name as it is, for settings under which stored data goes sooner: fewer days, or a
       *     longer shortest recording. `GET /api/v1/sites/{site}/storage` says what that erases.
       */
      confirm?: string | null;
      /** @description New domains. */
      domains?: string[] | null;
      /** @description New name. */
      name?: string | null;
      /** @description Settings that change, as the site has them; those that are not named stay, rules too. */
      settings?: Record<string, never> | null;
      /** @description New time zone. */
      time_zone?: string | null;
      /**
       * @description The same settings as the sender found them: when somebody else has changed one of them since,
       *     nothing is saved and the answer is a conflict that names it.
       */
      was?: Record<string, never> | null;
    };
    /** @description Settings of one site. New fields have defaults, so that stored settings stay readable. */
    SiteSettings: {
      /**
       * @description Whether the Origin of requests must be one of the domains.
       * @default true
       */
      check_origin: boolean;
      /**
       * @description Whether automated browsers count as people.
       * @default false
       */
      count_automated: boolean;
      /**
       * @description The currency of fixed values of goals that have none of their own, a code of ISO 4217 as `EUR`;
       *     empty for plain numbers.
       * @default
       */
      currency: string;
      /**
       * Format: int32
       * @description Days that events are kept; 0 keeps them until the owner sets a limit.
       * @default 0
       */
      event_days: number;
      /**
       * @description Addresses and networks of those who work on the site, as `198.51.100.7` or `2001:db8::/32`:
       *     what comes from there is own traffic, which answers leave out as they leave out bots. Only
       *     admins of the site are told them.
       * @default []
       */
      excluded_addresses: string[];
      /**
       * @description The group under which lists of sites have it, as a client or a country; empty for none.
       * @default
       */
      group: string;
      /**
       * @description The privacy mode: the most that visitors' browsers are asked to keep. With `persistent` it is as
       *     the tag and consents say; with `cookieless` nothing is kept whatever they say, and nobody is
       *     known for longer than a day.
       * @default persistent
       */
      mode: components["schemas"]["Mode"];
      /**
       * Format: int64
       * @description Recorder bytes a day before chunks are refused.
       * @default 4294967296
       */
      recording_bytes_a_day: number;
      /**
       * Format: int32
       * @description Days that recordings are kept.
       * @default 30
       */
      recording_days: number;
      /**
       * Format: int32
       * @description Shorter recordings are not listed and go at their session's end.
       * @default 0
       */
      recording_min_ms: number;
      /**
       * @description What pages are told.
       * @default {
       *       "v": 1,
       *       "record": true,
       *       "sample": 1,
       *       "blocked": [],
       *       "query_keys": [],
       *       "hash_routes": false,
       *       "mask_text": false,
       *       "respect_dnt": true,
       *       "mask": [],
       *       "block": [],
       *       "show": [],
       *       "record_console": false,
       *       "record_network": false,
       *       "record_canvas": false,
       *       "record_assets": "own"
       *     }
       */
      rules: components["schemas"]["Rules"];
      /**
       * Format: int32
       * @description Idle time that ends a session.
       * @default 1800000
       */
      session_idle_ms: number;
      /**
       * @description Whether `identify` with the public key alone counts.
       * @default true
       */
      unverified_identify: boolean;
    };
    /** @description How the server is. */
    Status: {
      /**
       * Format: int64
       * @description Share of the disk above which recordings give way, in percent.
       */
      disk_mark_percent: number;
      health?: components["schemas"]["Report"] | null;
      /** @description What the sites keep, the one that keeps most first. */
      sites: components["schemas"]["StoredOfSite"][];
      /** @description What is stored, by kind. */
      stored: components["schemas"]["Stored"];
      /**
       * Format: int64
       * @description Seconds since its start.
       */
      uptime_s: number;
      /** @description Version of the server. */
      version: string;
    };
    /**
     * @description In which order steps are taken.
     * @enum {string}
     */
    StepOrder: "ordered" | "strict" | "any";
    /** @description A question of kind `stickiness`. */
    Stickiness: {
      /** @description What makes a person active in an interval; any event when absent. */
      active?: components["schemas"]["EventSelection"];
    };
    /** @description What is kept and what will become of it, under the settings as they are or are thought of. */
    StoragePlan: {
      disk?: components["schemas"]["DiskMark"] | null;
      events: components["schemas"]["EventsKept"];
      now: components["schemas"]["GoesNow"];
      recordings: components["schemas"]["RecordingsKept"];
    };
    /** @description What is stored. */
    Stored: {
      /**
       * Format: int64
       * @description Bytes of the settings and catalog database.
       */
      catalog_bytes: number;
      /**
       * Format: int64
       * @description Bytes of lanes.
       */
      lanes_bytes: number;
      /**
       * Format: int64
       * @description Bytes of the log.
       */
      log_bytes: number;
      /**
       * Format: int64
       * @description Parts.
       */
      parts: number;
      /**
       * Format: int64
       * @description Bytes of parts.
       */
      parts_bytes: number;
      /**
       * Format: int64
       * @description Bytes of recordings.
       */
      recordings_bytes: number;
      /**
       * Format: int64
       * @description Events in the log that are in no part yet.
       */
      tail_events: number;
    };
    /** @description What one site keeps. */
    StoredOfSite: {
      /**
       * Format: int64
       * @description Events in parts.
       */
      events: number;
      /**
       * Format: int64
       * @description Bytes of the parts.
       */
      events_bytes: number;
      /** @description Its name. */
      name: string;
      /**
       * Format: int64
       * @description Recordings, the pinned too.
       */
      recordings: number;
      /**
       * Format: int64
       * @description Bytes of recordings, with what they have alike.
       */
      recordings_bytes: number;
      /** @description Its number. */
      site: components["schemas"]["SiteId"];
    };
    /** @description A survey as pages have it. */
    Survey: {
      /** @description What can be chosen, for `choice`. */
      choices?: string[];
      /** @description Devices on which it is asked; any when empty. */
      devices?: components["schemas"]["SurveyDevice"][];
      /** @description What is asked for. */
      kind: components["schemas"]["SurveyKind"];
      /** @description Language of the words, as `de` or `pt-BR`; that of the page when empty. */
      language?: string;
      /** @description When it is asked. */
      moment: components["schemas"]["SurveyMoment"];
      /**
       * @description Path patterns (`*` matches any run of characters) of pages where it is asked; anywhere when
       *     empty.
       */
      pages?: string[];
      /** @description Whether several can be chosen. */
      several?: boolean;
      /**
       * Format: int32
       * @description Share of visitors who are asked, 1 to 100 percent; decided from the visitor, so that it is
       *     the same on each visit.
       */
      share_percent?: number;
      /** @description Its words. */
      words: components["schemas"]["SurveyWords"];
    };
    /**
     * @description A class of devices, as the dimension `device` names it.
     * @enum {string}
     */
    SurveyDevice: "desktop" | "tablet" | "phone";
    /** @description A survey to be saved. */
    SurveyDraft: {
      /** @description Unique among those that are not archived; visitors never see it. */
      name: string;
      /** @description What is asked, where and when. */
      survey: components["schemas"]["Survey"];
    };
    /**
     * @description What is asked for.
     * @enum {string}
     */
    SurveyKind: "rating" | "nps" | "choice" | "text";
    /** @description The surveys of a site. */
    SurveyList: {
      /** @description By name, archived ones too. */
      surveys: components["schemas"]["SurveyRow"][];
    };
    /** @description When a page asks. */
    SurveyMoment:
      | {
          /**
           * Format: int32
           * @description `{"seconds": 20}`: so long after the page was opened.
           */
          seconds: number;
        }
      | {
          /** @description `{"event": "order"}`: after an event of this name. */
          event: string;
        }
      | "exit"
      | "tab";
    /** @description One survey. */
    SurveyRow: {
      /**
       * Format: int64
       * @description Since when it is archived, UTC, milliseconds since the epoch.
       */
      archived_at_ms?: number | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch; when it was made, if it was never changed.
       */
      changed_at_ms: number;
      /** @description Who changed it last. */
      changed_by?: string | null;
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description Who made it, as for segments. */
      created_by?: string | null;
      /** @description Public id, which its events carry as the property `survey`. */
      id: string;
      /** @description Unique among those that are not archived; visitors never see it. */
      name: string;
      /** @description `draft` while it was never switched on, `active` while pages have it, else `paused`. */
      state: string;
      /** @description What is asked, where and when. */
      survey: components["schemas"]["Survey"];
    };
    /** @description The words of a survey. What is empty has a usual word in the survey's language, or is left out. */
    SurveyWords: {
      /** @description What the closing button is called. */
      close?: string;
      /** @description Asked after a score or choice, for a comment; without it nothing is. */
      follow_up?: string;
      /** @description What the highest score means. */
      high?: string;
      /** @description What the lowest score means, as `Very poor`. */
      low?: string;
      /** @description What is asked. */
      question: string;
      /** @description What the answer's button says. */
      send?: string;
      /** @description What the tab says. */
      tab?: string;
      /** @description What is said after an answer. */
      thanks?: string;
    };
    /** @description The tags of a site. */
    TagList: {
      /** @description The most used first. */
      tags: components["schemas"]["TagRow"][];
    };
    /** @description One tag. */
    TagRow: {
      /**
       * Format: int32
       * @description How many recordings have it.
       */
      recordings: number;
      /** @description The words. */
      tag: string;
    };
    /** @description A token to be made. */
    TokenDraft: {
      /** @description What its owner calls it. */
      name: string;
      /** @description `ingest`, `read` or `admin`. */
      scope: string;
    };
    /** @description The tokens of a site, without their secrets. */
    TokenList: {
      /** @description Oldest first. */
      tokens: components["schemas"]["TokenRow"][];
    };
    /** @description One token. */
    TokenRow: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description Public id. */
      id: string;
      /** @description What its owner calls it. */
      name: string;
      /** @description `ingest`, `read` or `admin`. */
      scope: string;
    };
    /** @description For `trend` in place of `measures`. */
    TrendSeries: {
      /** @description Up to three facts; one row per interval and combination of values. */
      breakdown?: components["schemas"]["Fact"][];
      /**
       * @description Each value is that of the period up to and including the interval: sums and counts are
       *     added up, unique counts are counted anew.
       */
      cumulative?: boolean;
      /**
       * @description Columns computed from the series: `A / B`, `(A - B) * 100`. A division by zero has no
       *     value. They are computed from the values as the row shows them.
       */
      formulas?: string[];
      /**
       * Format: int32
       * @description Each value is the mean of so many intervals that end with its own, fewer at the start.
       */
      moving_average?: number | null;
      /** @description 1 to 26 series, named `A`, `B`, … in formulas. */
      series: components["schemas"]["Series"][];
      /**
       * Format: int32
       * @description How many combinations, by the first series over the whole period; the others are one row
       *     `(other)`. 10 when absent.
       */
      top?: number | null;
      /** @description One row for the whole period in place of one per interval. */
      whole?: boolean;
    };
    /** @description Which visitor is to be a person of its own again. */
    Undo: {
      visitor: string;
    };
    /**
     * @description Unit of a column.
     * @enum {string}
     */
    Unit: "count" | "share" | "ms" | "time_ms" | "ratio" | "text" | "id" | "boolean";
    /** @description The password was right. */
    Unlocked: {
      /**
       * Format: int64
       * @description Until when that opens the board, UTC, milliseconds since the epoch.
       */
      ends_at_ms: number;
      /** @description To be sent with each request, in the header `hitmetrix-unlocked`. */
      unlocked: string;
    };
    /** @description All users. */
    UserList: {
      /** @description Oldest first. */
      users: components["schemas"]["UserRow"][];
    };
    /** @description One user. */
    UserRow: {
      /**
       * Format: int64
       * @description UTC, milliseconds since the epoch.
       */
      created_at_ms: number;
      /** @description E-mail address. */
      email: string;
      /**
       * Format: int64
       * @description Number.
       */
      id: number;
      /** @description Whether the invitation was not opened yet. */
      invited: boolean;
      /** @description Whether everything of the installation is allowed. */
      owner: boolean;
      /** @description Whether their sign-in asks for a code. */
      second_factor: boolean;
    };
    /** @description With what a webhook's messages are signed, after Standard Webhooks 1.0. */
    WebhookSecret: {
      /** @description Where the webhook is. */
      address: string;
      /** @description `whsec_` and Base64. */
      secret: string;
    };
    /**
     * @description One word on how the server is.
     * @enum {string}
     */
    Word: "ok" | "degraded" | "unavailable";
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  post_first_user: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["FirstUser"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_first_user_look: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["LinkLook"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LinkFound"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_login: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Credentials"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_logout: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_me: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_me_address: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MyAddress"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_me_password: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PasswordChange"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_me_second_factor: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["OwnPassword"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewFactor"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_me_second_factor: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["FactorCode"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_me_second_factor_confirm: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["FactorCode"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Confirmed"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_me_second_factor_recovery_codes: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PasswordAndCode"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Confirmed"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SiteList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SiteDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Site"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Site"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Confirmation"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  patch_sites_site: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SitePatch"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Site"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_demo_data: {
    parameters: {
      query?: {
        /** @description So many times as many visits as the demo shop has, at most 500; 1 when absent. */
        times?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Filled"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_demo_data: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_installation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Installation"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_losses: {
    parameters: {
      query?: {
        /** @description Of so many days UTC up to today, 30 when absent, 400 at most. */
        days?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LossFigures"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_live: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LiveView"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_sessions_session: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SessionDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_events: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/x-ndjson": string;
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Received"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_export: {
    parameters: {
      query?: {
        /** @description `jsonl` (when absent), `csv`, or `parquet`: files, each with its length in 8 bytes, little-endian, before it. */
        format?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/octet-stream": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_imports_file: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        file: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Progress"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_imports_file: {
    parameters: {
      query?: {
        /** @description `access_log`, `csv`, `jsonl` or `rrweb`. */
        format?: string;
        /** @description How columns become fields, as JSON; with `csv`. */
        mapping?: string;
        /** @description Position of the piece in the file, in bytes. */
        from?: string;
        /** @description `true` when the file ends with it. */
        last?: string;
        /** @description Where the beginning of a recording is put, UTC milliseconds; at its own time when absent. With `rrweb`. */
        at_ms?: string;
      };
      header?: never;
      path: {
        site: string;
        file: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/octet-stream": string;
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Progress"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_ask: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Question"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"];
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_ask_together: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["QuestionsTogether"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AnswersTogether"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_people: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PeopleQuestion"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"];
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_heatmaps_picture: {
    parameters: {
      query?: {
        /** @description Path of the page. */
        page?: string;
        /** @description Only as seen on this kind of device: `desktop`, `phone`, `tablet`. */
        device?: string;
        /** @description Rather as seen from this time on, UTC, milliseconds since the epoch. */
        from_ms?: string;
        /** @description Rather as seen before this time. */
        to_ms?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FoundPicture"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_heatmaps_recorded: {
    parameters: {
      query?: {
        /** @description Path of the page. */
        page?: string;
        /** @description Only of this kind of device: `desktop`, `phone`, `tablet`. */
        device?: string;
        /** @description Of the days from that of this time on, in the site's time zone. */
        from_ms?: string;
        /** @description Of the days to the one before which this time ends. */
        to_ms?: string;
        /** @description Only of sessions that begin from `from_ms` to `to_ms` and pass these conditions, a JSON list as the `filters` of a question: then of recordings that are still there. */
        filters?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RecordedHeat"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_properties: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PropertyList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_persons: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PersonListQuestion"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"];
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_persons_person: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PersonProfile"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_persons_person: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EraseConfirmation"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ErasedPerson"];
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_persons_person_events: {
    parameters: {
      query?: {
        /** @description `next` of the page before, as it is; the newest events when absent. */
        before?: string;
        /** @description How many, at most 2,000; 200 when absent. */
        limit?: string;
      };
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PersonEvents"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_persons_person_export: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_persons_person_ledger: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PersonLedger"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_persons_person_undo: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Undo"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_insights: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InsightList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_insights: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["InsightDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InsightDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_insights_insight: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        insight: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InsightDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_insights_insight: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        insight: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["InsightDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InsightDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_insights_insight: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        insight: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_insights_insight_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        insight: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_insights_insight_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        insight: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_boards: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_boards: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BoardDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_boards_board: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_boards_board: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BoardDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_boards_board: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_boards_board_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_boards_board_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_boards_board_shares: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardShareList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_boards_board_shares: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BoardShareDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewBoardShare"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_boards_board_shares_share: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
        share: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_shared_board_unlock: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["LinkPassword"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Unlocked"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_shared_board: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SharedBoard"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_shared_board_now: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SharedBoard"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_shared_board_ask: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SharedAsk"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Answer"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_goals: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GoalList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_goals: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GoalDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GoalRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_goals_goal: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        goal: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GoalRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_goals_goal: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        goal: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["GoalDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["GoalRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_goals_goal: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        goal: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_goals_goal_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        goal: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_goals_goal_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        goal: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_segments: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SegmentList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_segments: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SegmentDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SegmentRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_segments_segment: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        segment: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SegmentRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_segments_segment: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        segment: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SegmentDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SegmentRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_segments_segment: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        segment: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_segments_segment_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        segment: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_segments_segment_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        segment: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_annotations: {
    parameters: {
      query?: {
        /** @description Only those that are not over before this, UTC milliseconds. */
        from_ms?: string;
        /** @description Only those that begin before this, UTC milliseconds. */
        to_ms?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AnnotationList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_annotations: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AnnotationDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AnnotationRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_annotations_annotation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        annotation: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AnnotationDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AnnotationRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_annotations_annotation: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        annotation: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_surveys: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SurveyList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_surveys: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SurveyDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SurveyRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_surveys_survey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SurveyRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_surveys_survey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SurveyDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SurveyRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_surveys_survey: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_surveys_survey_active: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_surveys_survey_active: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_surveys_survey_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_surveys_survey_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_surveys_survey_answers: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        survey: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AnswersAsked"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AnswerList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_alerts: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_alerts: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AlertDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertSaved"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_alerts_preview: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PreviewDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertPreview"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_alerts_alert: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_alerts_alert: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["AlertDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertSaved"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_alerts_alert: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_alerts_alert_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_alerts_alert_archived: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_alerts_alert_muted: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MuteDraft"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_alerts_alert_muted: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_alerts_alert_log: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AlertLog"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_alerts_alert_test: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        alert: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_boards_board_mail: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardMailView"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_boards_board_mail: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BoardMailDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BoardMailView"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_boards_board_mail: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_boards_board_mail_now: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        board: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings: {
    parameters: {
      query?: {
        /** @description Only the recording of this session. */
        session?: string;
        /** @description Only the recordings of these sessions, joined by commas, at most 200. */
        sessions?: string;
        /** @description Only those whose sessions pass these conditions, a JSON list as the `filters` of a question, segments too. The sessions are those that begin from `from_ms` to `to_ms`, all when these are absent, bots among them. */
        filters?: string;
        /** @description `true`: only those that the caller has seen; `false`: only the others. */
        seen?: string;
        /** @description Only those with this tag. */
        tag?: string;
        /** @description Only those in this collection, by its id. */
        collection?: string;
        /** @description `true`: only those with notes. */
        notes?: string;
        /** @description Only those with a page whose path contains this. */
        path?: string;
        /** @description Only those that began at or after this, UTC milliseconds. */
        from_ms?: string;
        /** @description Only those that began before this, UTC milliseconds. */
        to_ms?: string;
        /** @description `true`: only those that are pinned; `false`: only the others. */
        pinned?: string;
        /** @description Rows, 50 when absent, at most 200. */
        limit?: string;
        /** @description Rows to skip. */
        offset?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RecordingList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings_session: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RecordingDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings_session_chunks: {
    parameters: {
      query?: {
        /** @description What one has: `WINDOW-SEQUENCE`, joined by commas, with the last sequence of each window; all chunks when absent. */
        after?: string;
      };
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewChunks"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings_session_chunks_window_sequence: {
    parameters: {
      query?: {
        /** @description All chunks from the one of the path up to this one; only the first when absent. What comes is the same whether chunks lie by themselves or together. */
        last_sequence?: string;
        /** @description `true`: begin with the full snapshot that the server worked out, where the first chunk has one. */
        keyframe?: string;
      };
      header?: never;
      path: {
        site: string;
        session: string;
        window: string;
        sequence: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings_session_export: {
    parameters: {
      query?: {
        /** @description `rrweb` (when absent): a JSON list of rrweb events; or `html`: a page that plays it offline. */
        format?: string;
        /** @description `true`: the page says nothing of who it was, with `html`. What the recorded pages show stays as it is. */
        hide_person?: string;
      };
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/octet-stream": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_recordings_session_seen: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session_seen: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_recordings_session_pin: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session_pin: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_storage: {
    parameters: {
      query?: {
        /** @description What would be so if recordings were kept for so many days. */
        recording_days?: string;
        /** @description What would be so if events were kept for so many days; 0 keeps them all. */
        event_days?: string;
        /** @description What would be so if shorter recordings were not kept. */
        recording_min_ms?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["StoragePlan"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_persons_person_recordings: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        person: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ErasedRecordings"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_recordings_session_notes: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NoteDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NoteRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_recordings_session_notes_note: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        note: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NoteDraft"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NoteRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session_notes_note: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        note: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_recordings_session_notes_note_restore: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        note: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_tags: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TagList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_recordings_session_tags_tag: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        tag: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session_tags_tag: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        tag: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_collections: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CollectionList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_collections: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CollectionDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CollectionRow"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_collections_collection: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        collection: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CollectionDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_collections_collection: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        collection: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  patch_sites_site_collections_collection: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        collection: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CollectionPatch"];
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CollectionDetail"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_collections_collection_recordings_session: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        collection: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_collections_collection_recordings_session: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        collection: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_recordings_session_shares: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ShareList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_recordings_session_shares: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ShareDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewShare"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_recordings_session_shares_share: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        session: string;
        share: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_shared: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Shared"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_shared_chunks_window_sequence: {
    parameters: {
      query?: {
        /** @description All chunks from the one of the path up to this one; only the first when absent. What comes is the same whether chunks lie by themselves or together. */
        last_sequence?: string;
        /** @description `true`: begin with the full snapshot that the server worked out, where the first chunk has one. */
        keyframe?: string;
      };
      header?: never;
      path: {
        window: string;
        sequence: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/x-ndjson": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_tokens: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TokenList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_sites_site_tokens: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["TokenDraft"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewToken"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_tokens_token: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        token: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_members: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MemberList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_sites_site_members_user: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        user: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NewRole"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_sites_site_members_user: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        site: string;
        user: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_audit: {
    parameters: {
      query?: {
        /** @description Only entries of this one, as `people` of the answer names them. */
        who?: string;
        /** @description Only this action. */
        action?: string;
        /** @description Only from this time on, UTC milliseconds. */
        from_ms?: string;
        /** @description Only before this time, UTC milliseconds. */
        to_ms?: string;
        /** @description Only entries older than this one: `next` of the page before. */
        before?: string;
        /** @description Entries of a page, at most 500; 100 when absent. */
        limit?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AuditList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_sites_site_audit_export: {
    parameters: {
      query?: {
        /** @description Only entries of this one, as `people` of the answer names them. */
        who?: string;
        /** @description Only this action. */
        action?: string;
        /** @description Only from this time on, UTC milliseconds. */
        from_ms?: string;
        /** @description Only before this time, UTC milliseconds. */
        to_ms?: string;
        /** @description `ndjson` (when absent) or `csv`. */
        format?: string;
      };
      header?: never;
      path: {
        site: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/octet-stream": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_users: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["UserList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_users: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Invitation"];
      };
    };
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OneTimeLink"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_users_user: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        user: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_users_user_owner: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        user: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["OwnerConfirmation"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_users_user_owner: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        user: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_users_user_reset: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        user: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["OneTimeLink"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  delete_users_user_second_factor: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        user: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_second_factor_rule: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FactorRule"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  put_second_factor_rule: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["FactorRule"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_audit: {
    parameters: {
      query?: {
        /** @description Only entries of this one, as `people` of the answer names them. */
        who?: string;
        /** @description Only this action. */
        action?: string;
        /** @description Only from this time on, UTC milliseconds. */
        from_ms?: string;
        /** @description Only before this time, UTC milliseconds. */
        to_ms?: string;
        /** @description Only entries older than this one: `next` of the page before. */
        before?: string;
        /** @description Entries of a page, at most 500; 100 when absent. */
        limit?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AuditList"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_audit_export: {
    parameters: {
      query?: {
        /** @description Only entries of this one, as `people` of the answer names them. */
        who?: string;
        /** @description Only this action. */
        action?: string;
        /** @description Only from this time on, UTC milliseconds. */
        from_ms?: string;
        /** @description Only before this time, UTC milliseconds. */
        to_ms?: string;
        /** @description `ndjson` (when absent) or `csv`. */
        format?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/octet-stream": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_status: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Status"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_backup: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BackupTo"];
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_seal: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  post_repack: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Repacked"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_doctor: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Findings"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_openapi_json: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_healthz: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Report"];
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
  get_metrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
        };
      };
      /** @description A problem */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/problem+json": components["schemas"]["ProblemDocument"];
        };
      };
    };
  };
}
