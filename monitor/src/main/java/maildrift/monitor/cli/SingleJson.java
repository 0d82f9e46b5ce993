package maildrift.monitor.cli;

import maildrift.monitor.check.CheckResult;
import maildrift.monitor.json.CheckJson;

/**
 * What scripts get of the commands of single probes: as {@code check --format json}, and the
 * probe's facts at the top of the object, too, where whoever runs {@code dmarc DOMAIN} looks for
 * them.
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
          CheckJson.properties(json, result);
          json.writeStringProperty("outcome", judgement.outcome().word());
          judgement
              .facts()
              .forEach(
                  (name, value) -> {
                    json.writeName(name);
                    json.writeRawValue(CheckJson.value(value));
                  });
          json.writeEndObject();
        });
  }
}
