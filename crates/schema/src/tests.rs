use super::Problem;
use super::playlist::{read, read_what_is_known};

fn wrong(text: &str) -> Vec<String> {
    let problems = read("list.toml", text).expect_err("not right");
    problems.iter().map(Problem::to_string).collect()
}

#[test]
fn scenes_are_carried_over_from_the_configuration_as_they_are() {
    let scenes = "kind = \"jobs\"\npages = 2\n[[wall.scene]]\nkind = \"text\"\ntitle = \"免费\"\n";
    let text = format!("# 春季\n[[wall.scene]]\n{scenes}");
    let read_back = read("list.toml", &text).expect("right");
    let kinds: Vec<&str> = read_back.iter().map(|scene| scene.what.kind()).collect();
    assert_eq!(kinds, ["jobs", "text"]);
    let short = text.replace("wall.scene", "scene");
    assert_eq!(read("list.toml", &short), Ok(read_back));
}

#[test]
fn a_mistake_is_told_with_its_line_and_what_would_be_right() {
    let cases = [
        (
            "",
            "list.toml:1: has no scenes; give at least one [[wall.scene]]",
        ),
        (
            "[[wall.scene]]\nkind = \"jos\"\n",
            "list.toml:2: wall.scene[0].kind: \"jos\" is not known",
        ),
        (
            "[[scene]]\nkind = \"jobs\"\nsecond = 9\n",
            "list.toml:3: scene[0].second: is not a key; did you mean \"seconds\"?",
        ),
        (
            "[[scene]]\nkind = \"jobs\"\nseconds = 1\n",
            "list.toml:3: scene[0].seconds: 1 is impossible; between 3 and 3600",
        ),
        (
            "[[scene]]\nkind = \"jobs\"\nwhen = { from = \"2026-12-02\", until = \"2026-12-01\" }\n",
            "list.toml:3: scene[0].when.until: 2026-12-01 is before 2026-12-02",
        ),
        (
            "[[scene]]\nkind = \"jobs\"\nshare = 60\n[[scene]]\nkind = \"overview\"\nshare = 60\n\
             walls = [\"outside\"]\n",
            "list.toml:6: scene[1].share: all shares together are 120 percent",
        ),
        ("scene = []", "list.toml:1: scene: is empty"),
        (
            "[wall]\nwidth = 3\n",
            "list.toml:2: wall.width: is not a key",
        ),
        ("[[scene\n", "list.toml:1: this is not TOML"),
    ];
    for (text, says) in cases {
        let found = wrong(text);
        assert!(found.iter().any(|it| it.starts_with(says)), "{found:?}");
    }
    let both = "[[scene]]\nkind = \"jobs\"\n[[wall.scene]]\nkind = \"jobs\"\n";
    assert!(wrong(both)[0].contains("write all of them the same way"));
    // For different walls, the shares do not add up.
    let apart = "[[scene]]\nkind = \"jobs\"\nshare = 60\nwalls = [\"a\"]\n[[scene]]\n\
                 kind = \"overview\"\nshare = 60\nwalls = [\"b\"]\n";
    assert!(read("list.toml", apart).is_ok());
}

#[test]
fn an_older_program_plays_what_it_understands() {
    let text = "theme = \"spring\"\n[[scene]]\nkind = \"hologram\"\n[[scene]]\nkind = \"jobs\"\n\
                [[scene]]\nkind = \"text\"\ntitle = \"免费\"\nsmell = \"tea\"\n[[scene]]\n\
                kind = \"overview\"\n";
    let understood = read_what_is_known("spring", text);
    let kinds = understood.scenes.iter().map(|scene| scene.what.kind());
    assert_eq!(kinds.collect::<Vec<_>>(), ["jobs", "overview"]);
    let keys = understood
        .problems
        .iter()
        .map(|problem| problem.key.as_str());
    let keys: Vec<&str> = keys.collect();
    assert_eq!(keys, ["theme", "scene[0].kind", "scene[2].smell"]);
    for broken in ["[[scene", "scene = 3", ""] {
        let understood = read_what_is_known("spring", broken);
        assert!(understood.scenes.is_empty() && !understood.problems.is_empty());
    }
    let many = "[[scene]]\nkind = \"jobs\"\n".repeat(70);
    let understood = read_what_is_known("spring", &many);
    assert_eq!(
        (understood.scenes.len(), understood.problems.len()),
        (62, 1)
    );
}
