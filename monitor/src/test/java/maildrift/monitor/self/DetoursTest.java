package maildrift.monitor.self;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import maildrift.alerts.Labels;
import maildrift.alerts.Matcher;
import maildrift.alerts.route.Grouping;
import maildrift.alerts.route.Route;
import maildrift.alerts.route.Routing;
import org.junit.jupiter.api.Test;

class DetoursTest {
  private static final Map<String, Boolean> THREE =
      Map.of("oncall", true, "mail", true, "chat", true);

  @Test
  void theRoutesStandButForTheReceiverThatItIsAbout() {
    var routing = new Routing(List.of(to("oncall", "mail")), THREE);

    assertThat(told(routing, "oncall", Set.of("oncall"))).containsExactly("mail");
    assertThat(told(routing, "chat", Set.of("chat"))).containsExactly("oncall", "mail");
  }

  @Test
  void whereOnlyTheDeadOneIsOnTheRoutesAllOthersHear() {
    var routing = new Routing(List.of(to("oncall")), THREE);

    assertThat(told(routing, "oncall", Set.of("oncall"))).containsExactly("chat", "mail");
  }

  @Test
  void whoWasToldInsteadIsNotLeftOutWhenHeFallsIll() {
    var routing = new Routing(List.of(to("oncall")), THREE);

    assertThat(told(routing, "oncall", Set.of("oncall", "mail"))).containsExactly("chat", "mail");
  }

  @Test
  void whereNobodyElseOnTheRoutesIsWellTheOthersHearToo() {
    var routing = new Routing(List.of(to("oncall", "mail")), THREE);

    assertThat(told(routing, "oncall", Set.of("oncall", "mail"))).containsExactly("mail", "chat");
    assertThat(told(routing, "oncall", Set.of("oncall", "mail", "chat")))
        .containsExactly("mail", "chat");
  }

  @Test
  void whereNoRouteMatchesItReachesSomebodyAllTheSame() {
    var routing =
        new Routing(
            List.of(
                new Route(
                    List.of(Matcher.equal("tenant", "contoso")),
                    List.of("mail"),
                    false,
                    Grouping.DEFAULT)),
            THREE);

    assertThat(told(routing, "oncall", Set.of("oncall"))).containsExactly("chat", "mail");
  }

  @Test
  void theOnlyReceiverHearsOfItselfWhenItIsBack() {
    var routing = Routing.toAll(Map.of("oncall", true), Grouping.DEFAULT);

    assertThat(told(routing, "oncall", Set.of("oncall"))).containsExactly("oncall");
  }

  @Test
  void otherAlertsTakeTheirWays() {
    var routing =
        Detours.around(
            new Routing(List.of(to("oncall")), THREE), Set.of("oncall"), Grouping.DEFAULT);
    var labels = Labels.of(Map.of("alertname", "mx.missing", "severity", "critical"));

    assertThat(routing.taken(labels))
        .singleElement()
        .satisfies(route -> assertThat(route.receivers()).containsExactly("oncall"));
  }

  private static List<String> told(Routing configured, String about, Set<String> unwell) {
    var labels =
        Labels.of(
            Map.of(
                "alertname",
                "receiver.failing",
                "severity",
                "critical",
                "subject",
                about,
                "cause",
                about,
                Detours.ABOUT,
                about));
    return Detours.around(configured, unwell, Grouping.DEFAULT).taken(labels).stream()
        .flatMap(route -> route.receivers().stream())
        .toList();
  }

  private static Route to(String... receivers) {
    return new Route(List.of(), List.of(receivers), false, Grouping.DEFAULT);
  }
}
