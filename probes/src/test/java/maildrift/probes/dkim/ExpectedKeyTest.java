package maildrift.probes.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectedKeyTest {
  private static final String BASE64 =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEwzk9TqRv2qtVd5FLygNVPyxOXLLhXAFIJnmIaak9Fx/Xt+2eLq7x"
          + "7cr0dUpF1vcFyR4kTue8//cRxHRkJLCwsAs1obZzM6rgwQ9jWXm0BxSe9NKGk5Pgu6zjp4M9gmlom6mEGS3JIl9p"
          + "knYflUUgPzAvcwD/ylJa4DI8BVtIXQIDAQAB";

  private static final String SPKI_PEM =
      """
      -----BEGIN PUBLIC KEY-----
      MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDEwzk9TqRv2qtVd5FLygNVPyxO
      XLLhXAFIJnmIaak9Fx/Xt+2eLq7x7cr0dUpF1vcFyR4kTue8//cRxHRkJLCwsAs1
      obZzM6rgwQ9jWXm0BxSe9NKGk5Pgu6zjp4M9gmlom6mEGS3JIl9pknYflUUgPzAv
      cwD/ylJa4DI8BVtIXQIDAQAB
      -----END PUBLIC KEY-----
      """;

  private static final String PKCS1_PEM =
      """
      written by openssl rsa -RSAPublicKey_out
      -----BEGIN RSA PUBLIC KEY-----
      MIGJAoGBAMTDOT1OpG/aq1V3kUvKA1U/LE5csuFcAUgmeYhpqT0XH9e37Z4urvHt
      yvR1SkXW9wXJHiRO57z/9xHEdGQksLCwCzWhtnMzquDBD2NZebQHFJ700oaTk+C7
      rOOngz2CaWibqYQZLckiX2mSdh+VRSA/MC9zAP/KUlrgMjwFW0hdAgMBAAE=
      -----END RSA PUBLIC KEY-----
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        BASE64,
        "\n " + BASE64 + "\r\n",
        SPKI_PEM,
        PKCS1_PEM,
        "v=DKIM1; k=rsa; p=" + BASE64,
        "p=" + BASE64 + ";",
        "default._domainkey.contoso.tld. 300 IN TXT \"v=DKIM1; p=" + BASE64 + "\"",
        "default._domainkey\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\n \"p="
            + BASE64
            + "\" )  ; ----- DKIM key \"default\" for contoso.tld",
        "mail._domainkey     IN      TXT      v=DKIM1; k=rsa; p=" + BASE64
      })
  void readsEveryUsualForm(String text) {
    assertThat(ExpectedKey.parse(text)).isEqualTo(BASE64);
  }

  @Test
  void joinsTheStringsOfALongRecord() {
    var key = TestKeys.rsa(4096);
    var line = ZoneLine.txt("default._domainkey.contoso.tld", "v=DKIM1; k=rsa; p=" + key);

    assertThat(line).startsWith("default._domainkey.contoso.tld. IN TXT ( \"v=DKIM1; k=rsa; p=MII");
    assertThat(ExpectedKey.parse(line)).isEqualTo(key);
  }

  @Test
  void unwrapsEd25519() {
    var pem =
        """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAgzEwSB79WszgQ3OlaJ8hOhBxfRQCFvo6fehrc+w6JdU=
        -----END PUBLIC KEY-----
        """;

    assertThat(ExpectedKey.parse(pem)).isEqualTo("gzEwSB79WszgQ3OlaJ8hOhBxfRQCFvo6fehrc+w6JdU=");
    assertThat(KeyText.typeOf(ExpectedKey.parse(pem))).isEqualTo("ed25519");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "` ` | nothing there; expected a public key as PEM, base64 or a whole TXT record",
        "v=DKIM1; k=rsa | a key record without p=",
        "v=DKIM1; p= | p= is empty, which revokes a key instead of naming one",
        "not-a-key | '-' does not belong to base64; expected a public key as PEM, base64 or a whole"
            + " TXT record",
        "AAAAA | not whole base64: a part of the key seems to be missing",
        "AAAA | base64, but neither an RSA public key nor the 32 octets of an Ed25519 key",
        "x TXT \"v=DKIM1; p=AAAA | a quotation mark that is never closed",
        "-----BEGIN PUBLIC KEY | a PEM header that does not end in -----",
        "-----BEGIN PUBLIC KEY-----AAAA | a PEM block without its -----END line",
        "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE----- | a PEM block of type"
            + " \"CERTIFICATE\"; expected PUBLIC KEY",
        "-----BEGIN RSA PRIVATE KEY-----AAAA | this is a private key, which belongs on the signing"
            + " server only; expected the public one (openssl pkey -pubout)",
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> ExpectedKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aHugeTextIsRefused() {
    assertThatThrownBy(() -> ExpectedKey.parse("A".repeat(70_000)))
        .hasMessageContaining("at most 65535 characters");
  }

  @Test
  void mutatedTextsAreReadOrRefused() {
    var random = new Random(11);
    var sources =
        new String[] {SPKI_PEM, PKCS1_PEM, "x TXT ( \"v=DKIM1; p=\" \"" + BASE64 + "\" )"};
    for (var round = 0; round < 10_000; round++) {
      var text = new StringBuilder(sources[random.nextInt(sources.length)]);
      for (var change = random.nextInt(5); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
      }
      try {
        assertThat(ExpectedKey.parse(text.toString())).isNotEmpty();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageNotContaining("\n");
      }
    }
  }
}
