package maildrift.probes.bimi;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.https.Document;
import maildrift.probes.smtp.CleanText;
import maildrift.probes.tls.TrustAnchors;

/** Judges the logo and the mark certificate that a record names. */
final class DocumentJudge {
  /** A new one takes weeks. */
  private static final Duration SOON = Duration.ofDays(30);

  private final ManagedDomain domain;
  private final TrustAnchors anchors;
  private final Context context;
  private final Judgement.Builder judgement;

  DocumentJudge(
      ManagedDomain domain, TrustAnchors anchors, Context context, Judgement.Builder judgement) {
    this.domain = domain;
    this.anchors = anchors;
    this.context = context;
    this.judgement = judgement;
  }

  void judge(BimiSeen seen) {
    seen.logo().ifPresent(asked -> judgement.fact("logo", logo(asked)));
    seen.certificate().ifPresent(asked -> judgement.fact("certificate", certificate(asked)));
  }

  private Map<String, Object> logo(Document.Asked asked) {
    var facts = facts(asked);
    switch (asked.document(anchors, context.now())) {
      case Document.Unseen(var why) -> unseen(asked, why, facts, BimiRules.SVG);
      case Document.Failed(var why) -> failed(asked, why, facts, BimiRules.SVG, "the logo");
      case Document.Read(var reply) -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        var octets = reply.body().getBytes(StandardCharsets.ISO_8859_1);
        facts.put("octets", octets.length);
        var problems = new ArrayList<String>();
        var type = reply.header("content-type").orElse("");
        var semicolon = type.indexOf(';');
        var media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        if (!media.toLowerCase(Locale.ROOT).equals("image/svg+xml")) {
          problems.add(
              media.isEmpty()
                  ? "it has no media type instead of image/svg+xml"
                  : "its media type is %s, not image/svg+xml".formatted(CleanText.of(media, 60)));
        }
        if (reply.isTooLong()) {
          problems.add("it is larger than 64 KiB");
        } else {
          problems.addAll(Svg.problems(octets));
        }
        if (!problems.isEmpty()) {
          judgement.add(
              finding(
                  asked,
                  BimiRules.SVG,
                  "mail programs do not show the logo of %s: %s"
                      .formatted(name(), listed(problems)),
                  problems));
        }
      }
    }
    return facts;
  }

  private Map<String, Object> certificate(Document.Asked asked) {
    var facts = facts(asked);
    switch (asked.document(anchors, context.now())) {
      case Document.Unseen(var why) ->
          unseen(asked, why, facts, BimiRules.VMC, BimiRules.VMC_EXPIRED);
      case Document.Failed(var why) -> {
        failed(asked, why, facts, BimiRules.VMC, "the mark certificate");
        aside(asked, why, BimiRules.VMC_EXPIRED);
      }
      case Document.Read(var reply) when reply.isTooLong() ->
          unseen(
              asked,
              "it is larger than the 64 KiB that are read",
              facts,
              BimiRules.VMC,
              BimiRules.VMC_EXPIRED);
      case Document.Read(var reply) -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        switch (MarkCertificate.read(reply.body())) {
          case MarkCertificate.Read.Bad(var why) -> {
            judgement.add(
                finding(
                    asked,
                    BimiRules.VMC,
                    "the mark certificate of %s cannot be used: %s".formatted(name(), why),
                    List.of(why)));
            aside(asked, why, BimiRules.VMC_EXPIRED);
          }
          case MarkCertificate.Read.Good(var certificate) -> judge(asked, certificate, facts);
        }
      }
    }
    return facts;
  }

  private void judge(Document.Asked asked, MarkCertificate certificate, Map<String, Object> facts) {
    var leaf = certificate.leaf();
    facts.put("subject", leaf.subject());
    facts.put("issuer", leaf.issuer());
    facts.put("names", leaf.dnsNames().stream().limit(20).toList());
    facts.put("notAfter", leaf.notAfter().toString());
    var organisation = PublicSuffixes.organizational(domain.name()).toString();
    var problems =
        new ArrayList<>(
            certificate.problems(
                List.of(
                    name(),
                    "default._bimi." + name(),
                    organisation,
                    "default._bimi." + organisation)));
    if (leaf.notBefore().isAfter(context.now())) {
      problems.add("it is valid from %s only".formatted(leaf.notBefore()));
    }
    if (!problems.isEmpty()) {
      judgement.add(
          finding(
              asked,
              BimiRules.VMC,
              "the mark certificate of %s cannot be used: %s".formatted(name(), listed(problems)),
              problems));
    }
    if (!leaf.notAfter().isAfter(context.now().plus(SOON))) {
      var isOver = leaf.notAfter().isBefore(context.now());
      judgement.add(
          Finding.of(
                  BimiRules.VMC_EXPIRED,
                  name(),
                  "the mark certificate of %s %s on %s"
                      .formatted(name(), isOver ? "expired" : "expires", leaf.notAfter()))
              .cause(cause(asked))
              .with("url", asked.url().toString())
              .with("notAfter", leaf.notAfter().toString()));
    }
  }

  private static Map<String, Object> facts(Document.Asked asked) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("url", asked.url().toString());
    return facts;
  }

  private void unseen(Document.Asked asked, String why, Map<String, Object> facts, Rule... rules) {
    facts.put("outcome", Outcome.UNOBSERVABLE.word());
    facts.put("why", why);
    for (var rule : rules) {
      aside(asked, why, rule);
    }
  }

  private void aside(Document.Asked asked, String why, Rule rule) {
    judgement.aside(Gap.of(BimiProbe.NAME, asked.url().toString(), why, rule.id()));
  }

  private void failed(
      Document.Asked asked, String why, Map<String, Object> facts, Rule rule, String what) {
    facts.put("outcome", Outcome.ABSENT.word());
    facts.put("why", why);
    judgement.add(
        finding(
            asked,
            rule,
            "mail programs cannot fetch %s of %s: %s".formatted(what, name(), why),
            List.of(why)));
  }

  private Finding finding(Document.Asked asked, Rule rule, String message, List<String> problems) {
    return Finding.of(rule, name(), message)
        .cause(cause(asked))
        .with("url", asked.url().toString())
        .with("problems", problems);
  }

  /** The host that serves it, which a service's customers share. */
  private static String cause(Document.Asked asked) {
    return asked.url().host().toString();
  }

  private static String listed(List<String> problems) {
    return problems.size() <= 3
        ? String.join("; ", problems)
        : "%s; and %d more"
            .formatted(String.join("; ", problems.subList(0, 3)), problems.size() - 3);
  }

  private String name() {
    return domain.name().toString();
  }
}
