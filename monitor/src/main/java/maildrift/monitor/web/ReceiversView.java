package maildrift.monitor.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import maildrift.monitor.html.Html;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.self.ReceiverState;

/** Who is told, and whether it arrives. */
final class ReceiversView {
  private ReceiversView() {}

  static void all(Html html, List<ReceiverState> receivers) {
    if (receivers.isEmpty()) {
      return;
    }
    html.text("h2", "Receivers");
    if (receivers.stream().noneMatch(ReceiverState::isWell)) {
      html.text("p", "summary", "No receiver takes what it is owed: nobody hears of anything.");
    }
    html.records(
        List.of("state", "receiver", "since", "waiting", "oldest", "given up", "last error"),
        table -> {
          receivers.forEach(state -> row(table, state));
        });
  }

  private static void row(Html table, ReceiverState state) {
    table.in(
        "tr",
        row -> {
          row.text("td", state.condition().word());
          row.text("td", "name", state.name());
          row.text("td", "when", when(state.since()));
          row.text("td", state.pending() + "");
          row.text("td", "when", when(state.oldest()));
          row.text("td", state.givenUp() + "");
          row.text("td", state.isWell() ? "" : state.lastError().orElse(""));
        });
  }

  private static String when(Optional<Instant> at) {
    return at.map(CheckJson::instant).orElse("");
  }
}
