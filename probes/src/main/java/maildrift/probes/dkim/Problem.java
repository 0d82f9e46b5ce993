package maildrift.probes.dkim;

/**
 * A place where a key record leaves the grammar.
 *
 * @param position the character it was noticed at, counted from 1
 * @param message half a sentence, for people
 * @param fatal verifiers must not use the key; otherwise some will and some will not
 */
public record Problem(int position, String message, boolean fatal) {

  @Override
  public String toString() {
    return message + " (character " + position + ")";
  }
}
