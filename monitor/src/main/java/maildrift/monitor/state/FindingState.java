package maildrift.monitor.state;

import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;
import maildrift.probes.Severity;

/**
 * A finding as the table keeps it: what series and lists need as fields, the rest as the JSON that
 * is shown.
 *
 * @param json one finding's object
 */
public record FindingState(
    String rule, Severity severity, String subject, boolean waived, String json) {

  static FindingState of(Finding finding) {
    return new FindingState(
        finding.rule().id(),
        finding.severity(),
        finding.subject(),
        !finding.counts(),
        CheckJson.finding(finding));
  }

  public Finding.Key key() {
    return new Finding.Key(rule, subject);
  }

  boolean sameContent(FindingState other) {
    return json.equals(other.json);
  }
}
