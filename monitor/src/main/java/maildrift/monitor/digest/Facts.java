package maildrift.monitor.digest;

import java.util.Optional;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import tools.jackson.databind.JsonNode;

/** What a probe last saw, as its JSON has it. */
final class Facts {
  private Facts() {}

  static Optional<JsonNode> of(DomainState state, String probe) {
    return Optional.ofNullable(state.probes().get(probe))
        .map(one -> CheckJson.mapper().readTree(one.facts()));
  }
}
