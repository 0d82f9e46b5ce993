package maildrift.monitor.cli;

import maildrift.monitor.check.CheckResult;
import maildrift.monitor.json.CheckJson;

/**
 * One probe's facts at the top of the object, for the commands of single probes: what scripts want
 * of {@code dmarc DOMAIN}.
 */
final class SingleJson {
  private SingleJson() {}

  static String of(CheckResult result, String probe) {
    var judgement =
        result.probes().stream()
            .filter(own -> own.probe().equals(probe))
            .findFirst()
            .orElseThrow()
            .judgement();
    return CheckJson.text(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("domain", result.domain().name().toString());
          CheckJson.unicode(
              json, result.domain().name().toString(), result.domain().name().unicode());
          json.writeStringProperty("checkedAt", CheckJson.instant(result.checkedAt()));
          json.writeStringProperty("verdict", result.verdict().word());
          json.writeStringProperty("outcome", judgement.outcome().word());
          judgement
              .facts()
              .forEach(
                  (name, value) -> {
                    json.writeName(name);
                    json.writeRawValue(CheckJson.value(value));
                  });
          json.writeName("findings");
          json.writeRawValue(CheckJson.findings(result.findings()));
          json.writeName("gaps");
          json.writeRawValue(CheckJson.gaps(judgement.gaps()));
          json.writeEndObject();
        });
  }
}
