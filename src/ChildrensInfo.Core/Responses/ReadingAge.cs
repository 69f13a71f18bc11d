namespace ChildrensInfo.Core.Responses;

/// <summary>
/// About how old a reader has to be for an English text, by the Automated Readability Index:
/// 4.71 × letters and figures per word + 0.5 × words per sentence − 21.43, which is a school grade of the United States; the first grade begins at six, so
/// five years are added. Source: R. J. Smith and E. A. Senter, Automated Readability Index, AMRL-TR-66-220, Aerospace Medical Research Laboratories, 1967.
/// It counts and nothing more: a hint that words are long or sentences are, never a judgement of what they say.
/// </summary>
public static class ReadingAge
{
    /// <summary>Of fewer words the index says nothing.</summary>
    public const int FewestWords = 8;

    public const int Youngest = 5;
    public const int Oldest = 18;

    /// <returns>Whole years from 5 to 18, or null when the text is too short to tell.</returns>
    public static int? Of(string? text)
    {
        var (characters, words, sentences) = Count(text ?? "");
        if (words < FewestWords) return null;
        var grade = 4.71 * characters / words + 0.5 * words / sentences - 21.43;
        return Math.Clamp((int)Math.Ceiling(grade) + 5, Youngest, Oldest);
    }

    /// <summary>Letters and figures, words (what stands between spaces and has one of these), and sentences (ended by . ! ? or a line).</summary>
    public static (int Characters, int Words, int Sentences) Count(string text)
    {
        var (characters, words, sentences, wordsInSentence) = (0, 0, 0, 0);
        var inWord = false;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (char.IsLetterOrDigit(c))
            {
                characters++;
                if (!inWord) (words, wordsInSentence) = (words + 1, wordsInSentence + 1);
                inWord = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                inWord = false;
            }

            // A point inside a number or a word, as in 3.30 or e.g, ends no sentence.
            var ends = c == '\n' || (c is '.' or '!' or '?' && (i + 1 == text.Length || !char.IsLetterOrDigit(text[i + 1])));
            if (!ends || wordsInSentence == 0) continue;
            sentences++;
            wordsInSentence = 0;
        }

        return (characters, words, sentences);
    }
}
