//! Settings on a real database in a temporary folder.

use hitmetrix_model::{
    AlertState, BoardCommon, Compare, ErrorKind, Goal, Period, Question, QuestionKind, Segment,
    SegmentOf, SessionId, SiteId, SiteSettings,
};

use super::*;
use crate::catalog::Catalog;

async fn settings() -> (Settings, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(
        &folder.path().join("catalog.db"),
        &folder.path().join("migrations"),
    )
    .await
    .unwrap();
    (catalog.settings(), folder)
}

fn new_site(name: &str) -> NewSite {
    NewSite {
        name: name.to_owned(),
        domains: vec!["shop.example.org".to_owned()],
        time_zone: "Europe/Berlin".to_owned(),
        key: format!("key of {name}"),
        secret: [7; 32],
        demo: false,
        settings: SiteSettings::default(),
        created_at_ms: 5,
    }
}

fn new_user(email: &str) -> NewUser {
    NewUser {
        email: email.to_owned(),
        password_hash: Some("hash".to_owned()),
        owner: true,
        created_at_ms: 5,
    }
}

#[tokio::test]
async fn site_comes_back_as_it_was_made() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap();
    let known = settings.sites().await.unwrap();
    assert_eq!(
        known,
        [KnownSite {
            site,
            secret: [7; 32]
        }]
    );
}

#[tokio::test]
async fn settings_of_a_newer_version_name_the_way_out_and_broken_ones_another() {
    let (settings, _folder) = settings().await;
    settings.create_site(new_site("one")).await.unwrap();
    let with = async |text: &str| {
        let write = sqlx::query("UPDATE sites SET settings = $1").bind(text);
        write.execute(&settings.pool).await.unwrap();
        settings.sites().await.unwrap_err()
    };
    let mut rules = serde_json::json!({"rules": hitmetrix_model::Rules::default()});
    rules["rules"]["colour"] = "green".into();
    for text in [
        r#"{"colour": "green"}"#,
        r#"{"mode": "invisible"}"#,
        &rules.to_string(),
    ] {
        let error = with(text).await;
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        let said = error.to_string();
        assert!(said.contains("a newer version wrote them"), "{said}");
        assert!(
            said.contains("colour") || said.contains("invisible"),
            "{said}"
        );
    }
    let broken = with(r#"{"mode": "#).await;
    assert_eq!(broken.kind(), ErrorKind::Corrupt, "{broken}");
}

#[tokio::test]
async fn name_of_a_site_is_taken_once() {
    let (settings, _folder) = settings().await;
    settings.create_site(new_site("one")).await.unwrap();
    let again = settings.create_site(new_site("one")).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn number_of_a_removed_site_is_never_given_again() {
    let (settings, _folder) = settings().await;
    let first = settings.create_site(new_site("one")).await.unwrap();
    settings.remove_site(first.id).await.unwrap();
    let second = settings.create_site(new_site("one")).await.unwrap();
    assert!(second.id > first.id);
    assert!(settings.remove_site(first.id).await.is_err());
}

#[tokio::test]
async fn change_leaves_what_it_does_not_name() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap();
    let change = SiteChange {
        name: Some("two".to_owned()),
        ..SiteChange::default()
    };
    settings.change_site(site.id, &change).await.unwrap();
    let known = settings.sites().await.unwrap();
    assert_eq!(known[0].site.name, "two");
    assert_eq!(known[0].site.domains, site.domains);
    let missing = settings.change_site(SiteId(99), &change).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn token_is_removed_by_its_own_site_only() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap();
    let two = settings.create_site(new_site("two")).await.unwrap();
    let token = TokenSecret {
        token: Token {
            id: "id".to_owned(),
            site: one.id,
            name: "name".to_owned(),
            scope: Scope::Read,
            created_at_ms: 5,
        },
        secret_hash: [1; 32],
    };
    settings.create_token(&token).await.unwrap();
    assert!(settings.remove_token(two.id, "id").await.is_err());
    assert_eq!(settings.tokens().await.unwrap()[0].token, token.token);
    settings.remove_token(one.id, "id").await.unwrap();
    assert!(settings.tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn roles_are_per_site_and_go_with_it() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap();
    let user = settings
        .create_user(new_user("ada@example.org"))
        .await
        .unwrap()
        .id;
    settings
        .set_role(site.id, user, Role::Viewer)
        .await
        .unwrap();
    settings.set_role(site.id, user, Role::Admin).await.unwrap();
    assert_eq!(
        settings.roles_of(user).await.unwrap(),
        [(site.id, Role::Admin)]
    );
    assert_eq!(settings.role(SiteId(99), user).await.unwrap(), None);
    let nobody = settings.set_role(site.id, UserId(99), Role::Viewer).await;
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::NotFound);
    settings.remove_site(site.id).await.unwrap();
    assert!(settings.roles_of(user).await.unwrap().is_empty());
}

#[tokio::test]
async fn last_owner_cannot_be_removed() {
    let (settings, _folder) = settings().await;
    let ada = settings
        .create_user(new_user("ada@example.org"))
        .await
        .unwrap();
    assert!(matches!(
        settings.remove_user(ada.id).await,
        Err(SettingsError::LastOwner)
    ));
    settings
        .create_user(new_user("bob@example.org"))
        .await
        .unwrap();
    settings.remove_user(ada.id).await.unwrap();
    assert!(settings.user(ada.id).await.unwrap().is_none());
}

#[tokio::test]
async fn new_password_ends_all_logins() {
    let (settings, _folder) = settings().await;
    let ada = settings
        .create_user(new_user("ada@example.org"))
        .await
        .unwrap();
    settings
        .create_login(&[1; 32], ada.id, 10, 20)
        .await
        .unwrap();
    let login = settings.login(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((login.used_at_ms, login.ends_at_ms), (10, 20));
    settings.set_password(ada.id, "other").await.unwrap();
    assert!(settings.login(&[1; 32]).await.unwrap().is_none());
}

#[tokio::test]
async fn old_logins_are_removed_by_age_and_by_idling() {
    let (settings, _folder) = settings().await;
    let ada = settings
        .create_user(new_user("ada@example.org"))
        .await
        .unwrap();
    for (hash, used_at_ms, ends_at_ms) in [(1, 100, 200), (2, 10, 200), (3, 100, 105)] {
        let hash = [hash; 32];
        settings
            .create_login(&hash, ada.id, used_at_ms, ends_at_ms)
            .await
            .unwrap();
    }
    assert_eq!(settings.remove_old_logins(110, 50).await.unwrap(), 2);
    assert!(settings.login(&[1; 32]).await.unwrap().is_some());
}

#[tokio::test]
async fn link_works_once_and_replaces_the_one_before() {
    let (settings, _folder) = settings().await;
    let link = Link {
        purpose: LinkPurpose::FirstUser,
        ends_at_ms: 50,
    };
    settings.create_link(&[1; 32], link).await.unwrap();
    settings.create_link(&[2; 32], link).await.unwrap();
    assert_eq!(settings.link(&[1; 32]).await.unwrap(), None);
    assert_eq!(settings.link(&[2; 32]).await.unwrap(), Some(link));
    settings.use_link(&[2; 32]).await.unwrap();
    assert!(settings.use_link(&[2; 32]).await.is_err());
}

#[tokio::test]
async fn resume_point_moves_and_belongs_to_its_site() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap();
    let mut point = ImportPoint {
        bytes: 1,
        lines: 2,
        state: vec![3],
    };
    settings
        .set_import_point(site.id, "file", &point)
        .await
        .unwrap();
    point.bytes = 9;
    settings
        .set_import_point(site.id, "file", &point)
        .await
        .unwrap();
    assert_eq!(
        settings.import_point(site.id, "file").await.unwrap(),
        Some(point)
    );
    assert_eq!(
        settings.import_point(SiteId(99), "file").await.unwrap(),
        None
    );
}

fn segment(id: &str, name: &str) -> Segment {
    let conditions = r#"[{"dimension":"page","operator":"is","values":["/cart"]}]"#;
    Segment {
        id: id.to_owned(),
        name: name.to_owned(),
        of: SegmentOf::Sessions,
        conditions: serde_json::from_str(conditions).unwrap(),
    }
}

fn touch(at_ms: i64, by: Author) -> Touch {
    Touch { at_ms, by }
}

#[tokio::test]
async fn segment_comes_back_as_it_was_made_and_changed() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap().id;
    let made = touch(5, Author::User(UserId(3)));
    let first = segment("b", "Cart");
    settings.create_segment(site, &first, &made).await.unwrap();
    let by_token = touch(6, Author::Token("t".to_owned()));
    let second = Segment {
        of: SegmentOf::Persons,
        ..segment("a", "Buyers")
    };
    settings
        .create_segment(site, &second, &by_token)
        .await
        .unwrap();
    let changed = touch(9, Author::Control);
    let renamed = Segment {
        name: "All carts".to_owned(),
        ..first
    };
    settings
        .change_segment(site, &renamed, &changed)
        .await
        .unwrap();
    let expected = [
        KnownSegment {
            segment: renamed,
            created: made,
            changed,
            archived_at_ms: None,
        },
        KnownSegment {
            segment: second,
            created: by_token.clone(),
            changed: by_token,
            archived_at_ms: None,
        },
    ];
    assert_eq!(settings.segments(site).await.unwrap(), expected);
}

#[tokio::test]
async fn name_of_a_segment_is_taken_once_a_site() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let made = touch(5, Author::Control);
    for (site, id) in [(one, "a"), (two, "b")] {
        let cart = segment(id, "Cart");
        settings.create_segment(site, &cart, &made).await.unwrap();
    }
    let same = segment("c", "Cart");
    let again = settings.create_segment(one, &same, &made).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    settings
        .create_segment(one, &segment("c", "Other"), &made)
        .await
        .unwrap();
    let renamed = settings.change_segment(one, &same, &made).await;
    assert_eq!(renamed.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn id_of_another_sites_segment_is_no_taken_name() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let theirs = segment("a", "Secret plan");
    settings.create_segment(one, &theirs, &made).await.unwrap();
    let mine = segment("a", "Cart");
    let again = settings.create_segment(two, &mine, &made);
    let error = again.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(
        error.to_string(),
        "the id `a` cannot be used; leave it out for a new one"
    );
}

#[tokio::test]
async fn segment_is_touched_through_its_own_site_only_and_goes_with_it() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let cart = segment("a", "Cart");
    settings.create_segment(one, &cart, &made).await.unwrap();
    let changed = settings.change_segment(two, &cart, &made).await;
    assert_eq!(changed.unwrap_err().kind(), ErrorKind::NotFound);
    let removed = settings.remove_segment(two, "a").await;
    assert_eq!(removed.unwrap_err().kind(), ErrorKind::NotFound);
    settings.remove_site(one).await.unwrap();
    assert!(settings.segments(one).await.unwrap().is_empty());
    assert!(settings.remove_segment(one, "a").await.is_err());
}

fn goal(id: &str, name: &str, touch: &Touch) -> KnownGoal {
    let goal = r#"{"label":"","event":{"events":["order"]},"value_property":"amount"}"#;
    KnownGoal {
        id: id.to_owned(),
        goal: Goal {
            label: name.to_owned(),
            ..serde_json::from_str(goal).unwrap()
        },
        on_overview: false,
        created: touch.clone(),
        changed: touch.clone(),
        archived_at_ms: None,
    }
}

#[tokio::test]
async fn goal_comes_back_as_it_was_saved_and_its_name_is_free_while_it_is_archived() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap().id;
    let made = touch(5, Author::User(UserId(3)));
    let (first, second) = (goal("b", "Order", &made), goal("a", "Enquiry", &made));
    settings.create_goal(site, &first).await.unwrap();
    settings.create_goal(site, &second).await.unwrap();
    let taken = settings.create_goal(site, &goal("c", "Order", &made)).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    let mut changed = KnownGoal {
        on_overview: true,
        changed: touch(9, Author::Control),
        ..first
    };
    changed.goal.label = "All orders".to_owned();
    settings.change_goal(site, &changed).await.unwrap();
    let both = settings.goals(site).await.unwrap();
    assert_eq!(both, [changed.clone(), second.clone()]);
    changed.goal.label = "Enquiry".to_owned();
    let taken = settings.change_goal(site, &changed).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    settings
        .archive_goal(site, &second, Some(11))
        .await
        .unwrap();
    settings.change_goal(site, &changed).await.unwrap();
    let back = settings.archive_goal(site, &second, None).await;
    assert_eq!(back.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn goal_is_touched_through_its_own_site_only_and_goes_with_it() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let order = goal("a", "Order", &touch(5, Author::Control));
    settings.create_goal(one, &order).await.unwrap();
    let changed = settings.change_goal(two, &order).await;
    assert_eq!(changed.unwrap_err().kind(), ErrorKind::NotFound);
    let archived = settings.archive_goal(two, &order, Some(6)).await;
    assert_eq!(archived.unwrap_err().kind(), ErrorKind::NotFound);
    let removed = settings.remove_goal(two, "a").await;
    assert_eq!(removed.unwrap_err().kind(), ErrorKind::NotFound);
    settings.remove_site(one).await.unwrap();
    assert!(settings.goals(one).await.unwrap().is_empty());
}

fn insight(id: &str, name: &str) -> Insight {
    let period = Period::Last {
        last: "7d".to_owned(),
    };
    Insight {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "of the shop".to_owned(),
        address: "kind=funnel".to_owned(),
        question: Question::new(QuestionKind::Lifecycle, period),
    }
}

fn board(id: &str, name: &str) -> Board {
    Board {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "of the shop".to_owned(),
        version: 1,
        common: BoardCommon {
            compare: Some(Compare::Previous),
            ..BoardCommon::default()
        },
        panels: serde_json::from_str(
            r#"[{"id":"a","place":{"x":0,"y":0,"width":6,"height":4},"shows":{"text":"x"}}]"#,
        )
        .unwrap(),
    }
}

#[tokio::test]
async fn insight_and_board_come_back_as_they_were_made_and_go_with_their_site() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let (insight, mut board) = (insight("a", "Cart"), board("b", "Sales"));
    settings.create_insight(one, &insight, &made).await.unwrap();
    settings.create_board(one, &board, &made).await.unwrap();
    let known = settings.insight(one, "a").await.unwrap().unwrap();
    assert_eq!((&known.insight, known.archived_at_ms), (&insight, None));
    assert_eq!(
        settings.board(one, "b").await.unwrap().unwrap().board,
        board
    );
    assert!(settings.insight(two, "a").await.unwrap().is_none());
    assert!(settings.board(two, "b").await.unwrap().is_none());
    let elsewhere = settings.change_board(two, &board, &made).await;
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::NotFound);
    settings.change_board(one, &board, &made).await.unwrap();
    let late = settings.change_board(one, &board, &made).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Conflict);
    board.version = 2;
    settings.change_board(one, &board, &made).await.unwrap();
    settings.remove_site(one).await.unwrap();
    assert!(settings.insights(one).await.unwrap().is_empty());
    assert!(settings.boards(one).await.unwrap().is_empty());
}

#[tokio::test]
async fn name_of_an_archived_insight_or_board_is_free() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let (first, second) = (insight("a", "Cart"), insight("b", "Cart"));
    settings.create_insight(site, &first, &made).await.unwrap();
    let taken = settings.create_insight(site, &second, &made).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    settings
        .archive_insight(site, &first, Some(9))
        .await
        .unwrap();
    settings.create_insight(site, &second, &made).await.unwrap();
    let back = settings.archive_insight(site, &first, None).await;
    assert_eq!(back.unwrap_err().kind(), ErrorKind::Conflict);
    let (first, second) = (board("a", "Sales"), board("b", "Sales"));
    settings.create_board(site, &first, &made).await.unwrap();
    let taken = settings.create_board(site, &second, &made).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    settings.archive_board(site, &first, Some(9)).await.unwrap();
    settings.create_board(site, &second, &made).await.unwrap();
    let back = settings.archive_board(site, &first, None).await;
    assert_eq!(back.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn recordings_are_seen_per_user_until_user_or_site_goes() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let ada = settings.create_user(new_user("ada@example.org")).await;
    let bob = settings.create_user(new_user("bob@example.org")).await;
    let (ada, bob) = (ada.unwrap().id, bob.unwrap().id);
    let see = async |user, site, session| {
        let recording = (site, SessionId(session));
        settings.see_recording(user, recording).await.unwrap();
    };
    see(ada, one, 7).await;
    see(ada, one, 7).await;
    see(ada, one, 8).await;
    see(bob, two, 7).await;
    let of = async |user, site| settings.seen_recordings(user, site).await.unwrap();
    assert_eq!(of(ada, one).await, [SessionId(7), SessionId(8)].into());
    assert!(of(bob, one).await.is_empty() && of(ada, two).await.is_empty());
    let seven = (one, SessionId(7));
    settings.unsee_recording(ada, seven).await.unwrap();
    assert_eq!(of(ada, one).await, [SessionId(8)].into());
    settings.remove_site(one).await.unwrap();
    assert!(of(ada, one).await.is_empty());
    settings.remove_user(bob).await.unwrap();
    assert!(of(bob, two).await.is_empty());
}

fn survey(id: &str, name: &str, state: SurveyState) -> KnownSurvey {
    let made = touch(5, Author::Control);
    KnownSurvey {
        id: id.to_owned(),
        name: name.to_owned(),
        survey: serde_json::from_str(
            r#"{"kind": "nps", "moment": "exit", "words": {"question": "Well?"}}"#,
        )
        .unwrap(),
        state,
        created: made.clone(),
        changed: made,
        archived_at_ms: None,
    }
}

#[tokio::test]
async fn survey_comes_back_as_it_was_saved_and_archiving_switches_it_off() {
    let (settings, _folder) = settings().await;
    let one = settings.create_site(new_site("one")).await.unwrap().id;
    let two = settings.create_site(new_site("two")).await.unwrap().id;
    let asked = survey("a", "NPS", SurveyState::Active);
    settings.create_survey(one, &asked).await.unwrap();
    let there = settings.surveys(one).await.unwrap();
    assert_eq!(there, std::slice::from_ref(&asked));
    assert!(asked.is_asked());
    let taken = settings
        .create_survey(one, &survey("b", "NPS", SurveyState::Draft))
        .await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    let foreign = settings.change_survey(two, &asked).await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    settings.archive_survey(one, &asked, Some(9)).await.unwrap();
    let archived = &settings.surveys(one).await.unwrap()[0];
    assert_eq!(archived.state, SurveyState::Paused);
    assert!(!archived.is_asked());
    settings
        .create_survey(one, &survey("b", "NPS", SurveyState::Draft))
        .await
        .unwrap();
    let removed = settings.remove_survey(two, "a").await;
    assert_eq!(removed.unwrap_err().kind(), ErrorKind::NotFound);
    settings.remove_site(one).await.unwrap();
    assert!(settings.surveys(one).await.unwrap().is_empty());
}

#[tokio::test]
async fn entry_of_the_audit_log_cannot_be_changed() {
    let (settings, _folder) = settings().await;
    let new = NewAudit {
        at_ms: 5,
        who: "user:7".to_owned(),
        who_name: "ada@example.org".to_owned(),
        via: "Firefox on Linux".to_owned(),
        site: Some(SiteId(1)),
        action: "site_changed",
        object: String::new(),
        detail: "name".to_owned(),
    };
    settings.add_audit(&new).await.unwrap();
    let changed = sqlx::query("UPDATE audit SET who = 'user:8'")
        .execute(&settings.pool)
        .await;
    assert!(changed.unwrap_err().to_string().contains("never changed"));
    let search = AuditSearch {
        limit: 10,
        ..AuditSearch::default()
    };
    assert_eq!(settings.audit(&search).await.unwrap()[0].who, "user:7");
    assert_eq!(settings.remove_old_audit(5).await.unwrap(), 0);
    assert_eq!(settings.remove_old_audit(6).await.unwrap(), 1);
}

#[tokio::test]
async fn judged_time_of_an_alert_goes_back_only_from_a_time_to_come() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let alert = r#"{"name":"Many","watch":{"insight":"i","column":"A","condition":
        {"kind":"threshold","side":"above","value":10.0}},
        "every_minutes":60,"cool_down_hours":24,"emails":[]}"#;
    let known = KnownAlert {
        id: "a".to_owned(),
        site,
        alert: serde_json::from_str(alert).unwrap(),
        state: AlertState::New,
        said: String::new(),
        due_at_ms: 1,
        checked_at_ms: None,
        fired_at_ms: None,
        fired_bucket_ms: None,
        judged_to_ms: None,
        muted_until_ms: None,
        created: made.clone(),
        changed: made,
        archived_at_ms: None,
    };
    settings.create_alert(&known, &[]).await.unwrap();
    let judged = async |at_ms: i64, to_ms: Option<i64>| {
        let checked = Checked {
            at_ms,
            state: AlertState::Ok,
            said: String::new(),
            entries: Vec::new(),
            fired_bucket_ms: None,
            judged_to_ms: to_ms,
        };
        let due_at_ms = settings.alert(site, "a").await.unwrap().unwrap().due_at_ms;
        let is_written = settings.alert_checked(("a", due_at_ms), &checked, at_ms + 1);
        assert!(is_written.await.unwrap());
        let known = settings.alert(site, "a").await.unwrap().unwrap();
        known.judged_to_ms
    };
    assert_eq!(judged(100, Some(90)).await, Some(90));
    assert_eq!(judged(110, Some(80)).await, Some(90));
    assert_eq!(judged(120, None).await, Some(90));
    assert_eq!(judged(130, Some(120)).await, Some(120));
    // The clock was set back: what was judged lies in a time to come.
    assert_eq!(judged(50, Some(40)).await, Some(40));
}

#[tokio::test]
async fn mails_of_a_turn_that_is_not_ours_any_more_are_not_written() {
    let (settings, _folder) = settings().await;
    let site = settings.create_site(new_site("one")).await.unwrap().id;
    let made = touch(5, Author::Control);
    let shop = board("b", "Shop");
    settings.create_board(site, &shop, &made).await.unwrap();
    let mail = BoardMail {
        board: "b".to_owned(),
        site,
        recipients: vec!["ada@example.org".to_owned()],
        day: BoardMailDay::Daily,
        hour: 8,
        due_at_ms: 10,
        changed: made,
    };
    settings.put_board_mail(&mail).await.unwrap();
    assert!(settings.claim_board_mail(&mail, 20).await.unwrap());
    // Somebody sets it anew while it is counted.
    settings.put_board_mail(&mail).await.unwrap();
    assert!(
        !settings
            .board_mailed(("b", 20), (&[], 15), 30)
            .await
            .unwrap()
    );
    assert!(settings.claim_board_mail(&mail, 20).await.unwrap());
    assert!(
        settings
            .board_mailed(("b", 20), (&[], 15), 30)
            .await
            .unwrap()
    );
}
