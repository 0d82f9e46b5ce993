package maildrift.monitor.statements;

import java.util.List;

/**
 * One statement of a document.
 *
 * @param id number of the document and of the statement in it, {@code 1.17}
 * @param says its subject, in our words
 * @param rules ids of the rules that show whether it holds
 * @param steps checklists' steps that track it, {@code checklist/step}
 * @param keys of the configuration under which it is declared, with dots
 * @param profiles facts of profiles that carry it, {@code profile.fact}
 * @param unseen why no monitor can see it, or not all of it; may be empty
 */
public record Statement(
    String id,
    String says,
    List<String> rules,
    List<String> steps,
    List<String> keys,
    List<String> profiles,
    String unseen) {
  public Statement {
    rules = List.copyOf(rules);
    steps = List.copyOf(steps);
    keys = List.copyOf(keys);
    profiles = List.copyOf(profiles);
  }

  /** The number of its document. */
  public int document() {
    return Integer.parseInt(id.substring(0, id.indexOf('.')));
  }

  /** Nothing became of it. */
  public boolean isEmpty() {
    return rules.isEmpty()
        && steps.isEmpty()
        && keys.isEmpty()
        && profiles.isEmpty()
        && unseen.isEmpty();
  }
}
