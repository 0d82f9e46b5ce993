package maildrift.alerts.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import maildrift.alerts.notify.Samples;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.alerts.notify.http.LoopbackHttp.Answer;
import maildrift.alerts.outbox.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we sign, verified by somebody else's program; where it is not installed only CI fails. */
class OpensslTest {
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  @TempDir private Path folder;

  @BeforeEach
  void isInstalled() {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(OPENSSL).isExecutable();
    }
    assumeTrue(Files.isExecutable(OPENSSL), OPENSSL + " is not installed");
  }

  @Test
  void eachSecretOfARotationHasItsHmac() throws Exception {
    var first = "an old key of thirty-two bytes..".getBytes(StandardCharsets.UTF_8);
    var second = "a new key of twenty-four".getBytes(StandardCharsets.UTF_8);
    var got = posted(List.of("whsec_" + base64(first), "whsec_" + base64(second)));

    assertThat(got.header("webhook-signature").split(" ", -1))
        .containsExactly("v1," + hmac(got, first), "v1," + hmac(got, second));
  }

  @Test
  void thePublicKeyVerifiesWhatAPrivateOneSigned() throws Exception {
    var keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var encoded = keys.getPrivate().getEncoded();
    var seed = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    var got = posted(List.of("whsk_" + base64(seed)));
    Files.write(folder.resolve("signed"), signed(got));
    Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(base64(keys.getPublic().getEncoded())));
    var signature = got.header("webhook-signature");

    assertThat(signature).startsWith("v1a,");
    assertThat(verified(Base64.getDecoder().decode(signature.substring(4)))).isTrue();
    assertThat(verified(new byte[64])).isFalse();
  }

  private boolean verified(byte[] signature) throws Exception {
    Files.write(folder.resolve("signature"), signature);
    return openssl(
            "pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature"
                .split(" ", -1))
        .contains("Verified Successfully");
  }

  private String hmac(LoopbackHttp.Got got, byte[] key) throws Exception {
    Files.write(folder.resolve("signed"), signed(got));
    var printed =
        openssl(
            "dgst",
            "-sha256",
            "-mac",
            "HMAC",
            "-macopt",
            "hexkey:" + HexFormat.of().formatHex(key),
            "signed");
    return base64(HexFormat.of().parseHex(printed.substring(printed.indexOf("= ") + 2).strip()));
  }

  private static byte[] signed(LoopbackHttp.Got got) {
    return (got.header("webhook-id") + "." + got.header("webhook-timestamp") + "." + got.body())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static LoopbackHttp.Got posted(List<String> secrets) throws IOException {
    try (var server = new LoopbackHttp(_ -> Answer.status(200))) {
      var outcome =
          new WebhookReceiver(
                  server.uri("/hook"),
                  secrets.stream().map(Secret::of).toList(),
                  false,
                  Duration.ofSeconds(5),
                  true)
              .open(Tools.standard(InstantSource.fixed(NOW)))
              .send(Samples.owed("oncall", Samples.netblocks(1)));
      assertThat(outcome).isEqualTo(new Outcome.Delivered());
      return server.got().getFirst();
    }
  }

  private String openssl(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(OPENSSL.toString()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return printed;
  }

  private static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }
}
