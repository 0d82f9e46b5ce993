package maildrift.monitor.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Finding;

/** One compact object a domain. */
public final class ReportJson {
  private ReportJson() {}

  public static String line(Assessment assessment) {
    var result = assessment.result();
    var json = new LinkedHashMap<String, Object>();
    json.put("domain", result.domain().name().toString());
    json.put("tenant", result.domain().tenant().id());
    json.put("checkedAt", CheckJson.instant(result.checkedAt()));
    json.put("verdict", result.verdict().word());
    var score = new LinkedHashMap<String, Object>();
    score.put("percent", assessment.score().percent().orElse(null));
    score.put("capped", assessment.score().capped());
    score.put("passed", assessment.score().passed());
    score.put("failed", assessment.score().failed());
    score.put("unknown", assessment.score().unknown());
    score.put("waived", assessment.score().waived());
    json.put("score", score);
    json.put("frameworks", assessment.frameworks().stream().map(ReportJson::framed).toList());
    json.put("rules", assessment.rules().stream().map(ReportJson::rule).toList());
    json.put(
        "probes",
        result.probes().stream()
            .map(
                probe -> {
                  var seen = new LinkedHashMap<String, Object>();
                  seen.put("probe", probe.probe());
                  seen.put("outcome", probe.judgement().outcome().word());
                  seen.put("facts", probe.judgement().facts());
                  return seen;
                })
            .toList());
    return CheckJson.value(json);
  }

  private static Map<String, Object> framed(Assessment.Framed framed) {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", framed.framework().id());
    json.put("name", framed.framework().name());
    json.put("source", framed.framework().source());
    for (var status : Status.values()) {
      json.put(status.word(), framed.count(status));
    }
    json.put(
        "demands",
        framed.demands().stream()
            .map(
                outcome -> {
                  var demand = new LinkedHashMap<String, Object>();
                  demand.put("id", outcome.demand().id());
                  demand.put("title", outcome.demand().title());
                  demand.put("status", outcome.status().word());
                  demand.put("why", outcome.why());
                  demand.put("rules", outcome.demand().rules());
                  demand.put("findings", violated(outcome.findings()));
                  demand.put("seenAt", CheckJson.instant(outcome.seenAt()));
                  return demand;
                })
            .toList());
    return json;
  }

  private static List<String> violated(List<Finding> findings) {
    return findings.stream()
        .map(finding -> finding.rule().id() + " " + finding.subject())
        .distinct()
        .toList();
  }

  private static Map<String, Object> rule(Assessment.RuleStatus status) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rule", status.rule().id());
    json.put("status", status.status().word());
    json.put("why", status.why());
    json.put(
        "findings",
        status.findings().stream()
            .map(
                finding -> {
                  var found = new LinkedHashMap<String, Object>();
                  found.put("severity", finding.severity().word());
                  found.put("subject", finding.subject());
                  found.put("message", finding.message());
                  found.put("evidence", finding.evidence());
                  found.put("remedy", finding.remedy());
                  return found;
                })
            .toList());
    return json;
  }
}
