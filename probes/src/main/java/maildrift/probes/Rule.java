package maildrift.probes;

/**
 * A named statement about observations and declarations. Ids are for ever: dashboards, silences and
 * people key on them.
 *
 * @param id lower case, {@code area.what}
 * @param severity the default; profile, tenant and operator may re-grade it
 * @param title what is wrong when it is violated, half a sentence
 * @param why what breaks for the people who send or receive mail
 * @param reference RFC and section, or the provider's document
 * @param remedy what to do in general; a finding may carry a more exact one
 * @param example a record or value that violates it and one that does not; may be empty
 */
public record Rule(
    String id,
    Severity severity,
    String title,
    String why,
    String reference,
    String remedy,
    String example) {

  public Rule {
    if (!id.matches("[a-z0-9-]+\\.[a-z0-9-]+")) {
      throw new IllegalArgumentException("a rule id is area.what in lower case, not " + id);
    }
  }

  public static Rule critical(String id, String title) {
    return new Rule(id, Severity.CRITICAL, title, "", "", "", "");
  }

  public static Rule warning(String id, String title) {
    return new Rule(id, Severity.WARNING, title, "", "", "", "");
  }

  public static Rule info(String id, String title) {
    return new Rule(id, Severity.INFO, title, "", "", "", "");
  }

  public Rule why(String text) {
    return new Rule(id, severity, title, text, reference, remedy, example);
  }

  public Rule reference(String text) {
    return new Rule(id, severity, title, why, text, remedy, example);
  }

  public Rule remedy(String text) {
    return new Rule(id, severity, title, why, reference, text, example);
  }

  public Rule example(String text) {
    return new Rule(id, severity, title, why, reference, remedy, text);
  }
}
