package maildrift.alerts.notify.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.notify.template.TemplateReceiver.Content;
import maildrift.alerts.notify.template.TemplateReceiver.Method;
import maildrift.alerts.outbox.Failure;
import maildrift.alerts.outbox.Outcome;
import maildrift.alerts.outbox.Owed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TemplateReceiverTest {
  private static final Tools TOOLS = Tools.standard(InstantSource.system());

  @Test
  void eachAlertIsSaidAndWhatIsMissingIsLeftOut() throws IOException {
    var got =
        sent(
            json(
                """
                {"state": "{{status}}", "n": {{count}}, "who": [
                {{#alerts}}"{{domain}}: {{summary}}{{#resolved}} (over){{/resolved}}"{{^last}},{{/last}}
                {{/alerts}}]{{^firing}}, "quiet": true{{/firing}}, "team": "{{commonLabels.tenant}}"}
                """),
            Samples.owed("sms", Samples.netblocks(2)));

    var body = JsonMapper.shared().readTree(got.body());
    assertThat(body.path("state").asString()).isEqualTo("firing");
    assertThat(body.path("n").asInt()).isEqualTo(2);
    assertThat(body.path("who").valueStream().map(node -> node.asString()))
        .containsExactly(
            "d0.test: 192.0.2.0/24 is published but not allowed",
            "d1.test: 192.0.2.0/24 is published but not allowed",
            "mended.test: 192.0.2.0/24 is published but not allowed (over)");
    assertThat(body.has("quiet")).isFalse();
    assertThat(body.path("team").asString()).isEqualTo("contoso");
    assertThat(got.header("Content-Type")).isEqualTo("application/json");
  }

  /** What strangers write must stay a value, in every kind of body. */
  @Test
  void hostileValuesAreInertInEveryForm() throws IOException {
    var hostile = "\",\"admin\":true,\"x\":\"\u001b[31m\u202e<script>\r\nBcc: x&y=z{{title}}";
    var owed = Samples.owed("sms", Samples.saying(Map.of("summary", hostile)));
    var template = "{{#alerts}}{{summary}}{{/alerts}}";
    var visible = "\",\"admin\":true,\"x\":\"\\x1b[31m\\u{202e}<script>\\x0d\nBcc: x&y=z{{title}}";

    var json =
        JsonMapper.shared().readTree(sent(json("{\"a\":\"" + template + "\"}"), owed).body());
    assertThat(json.propertyNames()).containsExactly("a");
    assertThat(json.path("a").asString()).isEqualTo(visible);
    assertThat(
            sent(new Content("text/xml", "<a>" + template + "</a>", Map.of(), Map.of()), owed)
                .body())
        .doesNotContain("<script", "\u202e", "\u001b");
    var form = sent(new Content("", "", Map.of("a", template), Map.of("q", template)), owed);
    assertThat(form.body()).startsWith("a=").doesNotContain("&", "\r", "\n", " ");
    assertThat(URLDecoder.decode(form.body().substring(2), StandardCharsets.UTF_8))
        .isEqualTo(visible);
    assertThat(form.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
    assertThat(form.target()).startsWith("/hook?q=").doesNotContain("&", "#", " ", "<");
  }

  @Test
  void aGetHasItsQueryAndNoBody() throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var content = new Content("application/json", "", Map.of(), Map.of("text", "{{title}}"));
      var outcome =
          receiver(URI.create(server.uri("/hook") + "?key=1"), Method.GET, content, List.of())
              .open(TOOLS)
              .send(owed());

      assertThat(outcome).isEqualTo(new Outcome.Delivered());
      var got = server.got().getFirst();
      assertThat(got.target()).startsWith("/hook?key=1&text=%5BFIRING%3A1%5D+netblocks");
      assertThat(got.body()).isEmpty();
      assertThat(got.header("Authorization")).isEqualTo("Bearer geheim");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, 202, Delivered",
    "202, 202, Delivered",
    "204, 202, TryLater",
    "409, 409, Delivered",
    "301, 202, TryLater",
    "410, 202, Gone"
  })
  void onlyTheNamedStatusesAreSuccess(int status, int success, String expected) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(status))) {
      var outcome =
          receiver(server.uri("/hook"), Method.POST, json("{}"), List.of(200, success))
              .open(TOOLS)
              .send(owed());
      assertThat(outcome.getClass().getSimpleName()).isEqualTo(expected);
    }
  }

  @Test
  void whatTheServiceRepeatsOfTheCredentialsIsNotToldOn() throws IOException {
    var refusal = new Answer.Raw("HTTP/1.1 401 No\r\n\r\nCannot POST /hook/T1/B2: geheim");
    try (var server = new LoopbackHttp(_ -> refusal)) {
      assertThat(
              receiver(server.uri("/hook/T1/B2"), Method.POST, json("{}"), List.of())
                  .open(TOOLS)
                  .send(owed()))
          .isEqualTo(
              new Outcome.TryLater(Failure.AUTHENTICATION, "HTTP 401: Cannot POST ***: ***"));
    }
  }

  @Test
  void aBodyIsOfBoundedSizeWhateverHappened() throws IOException {
    var content =
        json("[{{#alerts}}\"{{summary}}{{description}}{{remedy}}\"{{^last}},{{/last}}{{/alerts}}]");
    var alerts =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    Samples.item(
                        i + ".test",
                        "t",
                        Map.of("summary", "<".repeat(50_000), "remedy", "\"".repeat(50_000)),
                        Optional.empty()))
            .toList();
    var got = sent(content, Samples.owed("sms", Samples.notification(alerts)));

    assertThat(got.body().length()).isLessThan(600_000);
    assertThat(JsonMapper.shared().readTree(got.body()).isEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a{{titel}} | line 1 of the template: there is no 'titel', did you mean 'title'?",
        "{{#alerts}}{{link}}{{/alerts}} | line 1 of the template: there is no 'link'",
        "{{#alerts}} | line 1 of the template: {{#alerts}} has no {{/alerts}}",
        "{{/alerts}} | line 1 of the template: {{/alerts}} ends what did not begin",
        "{{#firing}}{{/cause}} | line 1 of the template: {{/cause}} stands where {{/firing}} must",
        "{{title | line 1 of the template: '{{' has no '}}'",
        "{{groupLabels.}} | line 1 of the template: there is no 'groupLabels.'",
        "{{{title}}} | line 1 of the template: there is no '{title'",
      })
  void aTemplateThatIsWrongSaysWhere(String template, String message) {
    assertThatThrownBy(() -> Template.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static Content json(String body) {
    return new Content("application/json", body, Map.of(), Map.of());
  }

  private static Owed owed() {
    return Samples.owed("sms", Samples.netblocks(1));
  }

  private static LoopbackHttp.Got sent(Content content, Owed owed) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      assertThat(
              receiver(server.uri("/hook"), Method.POST, content, List.of()).open(TOOLS).send(owed))
          .isEqualTo(new Outcome.Delivered());
      return server.got().getFirst();
    }
  }

  private static TemplateReceiver receiver(
      URI url, Method method, Content content, List<Integer> success) {
    return new TemplateReceiver(
        method,
        url,
        content,
        Headers.NONE,
        Optional.of(new Credentials.Bearer(Secret.of("geheim"))),
        Optional.empty(),
        new TreeSet<>(success),
        false,
        Duration.ofSeconds(5),
        true);
  }
}
