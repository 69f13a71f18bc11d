using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ChildrensInfo.Core.Disclosure.Redaction;

/// <summary>
/// Marks in a child's words what could say who they are: what the record knows, in any spelling; what has a pattern; and names and places of others. A
/// first pass that a person reviews: it rather marks too much than too little, and cannot know a story only one child could tell.
/// </summary>
public static partial class Redactor
{
    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create(".!?\n\r…:;“\"•");
    private static readonly SearchValues<char> Apostrophes = SearchValues.Create("'’‘`ʼ");
    private static readonly FrozenSet<string> Titles = Set("mr mrs ms mx dr sir prof professor pc dc sgt rev father fr");
    private static readonly FrozenSet<string> FamilyTitles = Set("auntie aunty aunt uncle nan nana nanny nanna gran granny grandma grandpa grandad cousin coach miss sister brother");
    private static readonly FrozenSet<string> Relations = Set(
        "brother sister bro sis cousin friend friends mate bestie bff neighbour boyfriend girlfriend uncle aunt auntie aunty nan nana gran grandma grandad dad mum stepdad stepmum "
        + "carer keyworker worker teacher tutor doctor nurse twin baby dog cat hamster rabbit pony horse fish puppy kitten bear teddy stepbrother stepsister nephew niece");

    private static readonly FrozenSet<string> Pets = Set("dog cat hamster rabbit pony horse fish puppy kitten bear teddy");
    private static readonly FrozenSet<string> DoneTo = Set("hit hits with told hate hates love loves miss misses saw from by hurt hurts kicked called");
    private static readonly FrozenSet<string> Calling = Set("called named name names surname nickname known");
    private static readonly FrozenSet<string> Towards = Set("in at to from near around outside through live lives lived living moved");
    private static readonly FrozenSet<string> Articles = Set("a an the some any no this that every each another");
    private static readonly FrozenSet<string> Pronouns = Set("i you he she we they it my your his her our their me him us them to not dont cant wont be been would could should might must can do did so");
    private static readonly FrozenSet<string> Doing = Set(
        "is was isnt wasnt said says say told tells hit hits has had hasnt does did doesnt didnt came comes went goes makes made keeps kept shouts shouted lives lived lets gets got never always "
        + "took takes gave gives likes liked loves loved hates hated thinks wants helps helped plays played and");

    /// <summary>Names that are above all small words of speech, and Months, need more than a capital.</summary>
    private static readonly FrozenSet<string> SmallWords = Set("will may mark bill rob sue pat don can drew grant rich skip stew art dot jack kit max ray val van ward wade nick norm pip sky red");

    private static readonly FrozenSet<string> Months = Set("january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec");
    private static readonly FrozenSet<string> PlacesThatAreWords = Set("reading bath sale deal rugby hove wells settle ware battle street nelson hull bury poole eye ford wing diss sandy barry flint mold rye ash hope");
    private static readonly FrozenSet<string> SchoolWords = Set("school primary infant infants junior juniors secondary high grammar academy college nursery preschool prep comprehensive comp upper lower middle sixth form");
    private static readonly FrozenSet<string> SchoolFillers = Set("st saint saints of the and church c e ce rc cofe england catholic roman community voluntary aided our lady");
    private static readonly FrozenSet<string> Buildings = Set("hospital surgery church mosque temple gurdwara chapel library hotel arms park centre center club house lodge court unit hostel farm");
    private static readonly FrozenSet<string> StreetWords = Set("road rd street lane ln avenue ave close drive crescent cres court gardens grove terrace square mews row walk way place estate rise view hill parade");
    private static readonly FrozenSet<string> Digits = Set("oh o zero nought nil one two three four five six seven eight nine double triple treble");

    /// <summary>Whether a name is only what many people are to many children, as "Foster carer" is: it says who somebody is to nobody.</summary>
    public static bool NamesNobody(string name) => Words(name) is var words && Array.Exists(words, IsRelation) && Array.TrueForAll(words, word => IsRelation(word) || WordLists.Everyday.Contains(word));

    /// <summary>Whether a name is made of everyday words, as Will Hope is: in small letters it is only these.</summary>
    public static bool IsEveryday(string name) => Array.TrueForAll(Words(name), WordLists.Everyday.Contains);

    /// <summary>What of words that somebody wrote about a person may be a name: “Dad’s new partner Gary Holt” is known by the last two.</summary>
    public static string NamesIn(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word =>
        Spelling.Fold(word) is { Length: > 1 } folded && folded.Any(char.IsLetter) && !IsRelation(folded) && !IsRelation(folded.TrimEnd('s'))
        && (!WordLists.Everyday.Contains(folded) || (char.IsUpper(word[0]) && WordLists.WordsThatAreNames.Contains(folded)))));

    private static bool IsRelation(string word) => Titles.Contains(word) || FamilyTitles.Contains(word) || Relations.Contains(word);

    private static string[] Words(string name) => [.. name.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries).Select(Spelling.Fold)];

    /// <param name="text">Exactly as it was said; nothing is changed.</param>
    public static IReadOnlyList<RedactionSpan> Find(string text, KnownDetails known)
    {
        var reading = new Reading(text, known);
        reading.MarkPatterns();
        reading.MarkKnown();
        reading.MarkNames();
        reading.MarkPlaces();
        return reading.Spans();
    }

    /// <summary>The text with each span as [NAME], [PLACE] and so on: never stars of the same length, which would tell it.</summary>
    public static string Replace(string text, IReadOnlyList<RedactionSpan> spans)
    {
        var runes = text.EnumerateRunes().ToArray();
        var result = new System.Text.StringBuilder();
        var at = 0;
        foreach (var span in spans)
        {
            foreach (var rune in runes[at..span.Start]) result.Append(rune);
            result.Append('[').Append(span.Type.ToString().ToUpperInvariant()).Append(']');
            at = span.End;
        }

        foreach (var rune in runes[at..]) result.Append(rune);
        return result.ToString();
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();

    private readonly record struct Mark(int Start, int End, RedactionType Type);

    /// <summary>A word of the text.</summary>
    /// <param name="Folded">Without a possessive.</param>
    private sealed record Word(int Start, int End, string Raw, string Folded, bool IsPossessive, bool BeginsSentence)
    {
        public bool IsCapital { get; init; }

        public bool IsAllCapitals { get; init; }

        public bool IsEveryday { get; } = WordLists.Everyday.Contains(Folded);
    }

    /// <summary>One text being read.</summary>
    private sealed class Reading
    {
        private readonly string text;
        private readonly KnownDetails known;
        private readonly List<Word> words = [];
        private readonly List<Mark> marks = [];

        /// <summary>Whether capitals tell anything: not in a text that is all capitals, or Written Like This.</summary>
        private readonly bool capitalsTell;

        public Reading(string text, KnownDetails known)
        {
            this.text = text;
            this.known = known;
            var begins = true;
            var last = 0;
            foreach (Match match in WordPattern().Matches(text))
            {
                var between = text.AsSpan(last, match.Index - last);
                begins |= between.IndexOfAny(SentenceEnds) >= 0;
                var raw = match.Value;
                var apostrophe = raw.AsSpan().LastIndexOfAny(Apostrophes);
                var possessive = apostrophe > 0 && raw.Length - apostrophe <= 3 && raw[(apostrophe + 1)..].ToLowerInvariant() is "s" or "" or "d" or "ll" or "ve" or "re";
                var core = possessive ? raw[..apostrophe] : raw;
                var folded = Spelling.Fold(core);
                var letters = core.Where(char.IsLetter).ToArray();
                words.Add(new Word(match.Index, match.Index + raw.Length, raw, folded, possessive, begins)
                {
                    IsCapital = letters.Length > 0 && char.IsUpper(letters[0]),
                    IsAllCapitals = letters.Length > 1 && letters.All(char.IsUpper),
                });
                begins = false;
                last = match.Index + raw.Length;
            }

            var longer = words.Where(w => w.Folded.Length > 1).ToList();
            capitalsTell = longer.Count < 3 || longer.Count(w => w.IsCapital) <= longer.Count * 0.6;
        }

        public IReadOnlyList<RedactionSpan> Spans()
        {
            var points = new int[text.Length + 1];
            for (int i = 0, point = 0; i < text.Length; i++)
            {
                points[i] = point;
                if (!(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))) point++;
                points[i + 1] = point;
            }

            var merged = new List<Mark>();
            foreach (var mark in marks.OrderBy(m => m.Start).ThenByDescending(m => m.End))
            {
                if (merged.Count > 0 && Joins(merged[^1], mark))
                {
                    var before = merged[^1];
                    // Of one length the later finding, of a place, knows more than that of a capital.
                    var type = mark.End - mark.Start >= before.End - before.Start ? mark.Type : before.Type;
                    merged[^1] = new Mark(before.Start, Math.Max(before.End, mark.End), type);
                }
                else
                {
                    merged.Add(mark);
                }
            }

            return merged.ConvertAll(m => new RedactionSpan(points[m.Start], points[m.End], m.Type));
        }

        /// <summary>What overlaps is one span, and so are two names with nothing but a space or a hyphen between them.</summary>
        private bool Joins(Mark before, Mark mark) => mark.Start < before.End
            || (mark.Type == before.Type && mark.Start - before.End == 1 && text[before.End] is ' ' or '-' or '‑');

        private void Add(int start, int end, RedactionType type) => marks.Add(new Mark(start, end, type));

        private void Add(Word word, RedactionType type) => Add(word.Start, word.End, type);

        private void Add(int first, int last, RedactionType type, bool byWord) => Add(words[first].Start, words[last].End, type);

        private bool Is(int index, FrozenSet<string> set) => index >= 0 && index < words.Count && set.Contains(words[index].Folded);

        /// <summary>Whether two words stand side by side in one phrase.</summary>
        private bool Follows(int index) => index + 1 < words.Count && text.AsSpan(words[index].End, words[index + 1].Start - words[index].End) is " " or "-" or ". " or "  " or "‑";

        public void MarkPatterns()
        {
            foreach (var (pattern, type) in Patterns)
            {
                foreach (Match match in pattern().Matches(text))
                {
                    var part = match.Groups["part"] is { Success: true } group ? group : match;
                    Add(part.Index, part.Index + part.Length, type);
                }
            }

            // Numbers said one figure after the other.
            for (var i = 0; i < words.Count; i++)
            {
                var end = i;
                while (end < words.Count && (Digits.Contains(words[end].Folded) || (words[end].Folded.Length == 1 && char.IsAsciiDigit(words[end].Folded[0])))) end++;
                if (end - i >= 6) Add(i, end - 1, RedactionType.Phone, byWord: true);
                i = Math.Max(i, end - 1);
            }
        }

        public void MarkKnown()
        {
            foreach (var name in known.Names) MarkKnownName(name, isChild: ReferenceEquals(name, known.Names[0]));
            foreach (var school in known.Schools) MarkPhrase(school, RedactionType.School, SchoolWords, SchoolFillers);
            foreach (var town in known.Towns) MarkPhrase(town, RedactionType.Place, [], []);
            foreach (var address in known.Addresses) MarkAddress(address);
            foreach (var postcode in known.Postcodes) MarkPostcode(postcode);
            foreach (var date in known.Dates) MarkDate(date);
            foreach (var number in known.Phones.Concat(known.Ids)) MarkNumber(number, known.Phones.Contains(number) ? RedactionType.Phone : RedactionType.Id);
            foreach (var email in known.Emails)
            {
                MarkExactly(email, RedactionType.Email);
                if (email.IndexOf('@', StringComparison.Ordinal) is > 3 and var at) MarkExactly(email[..at], RedactionType.Email);
            }
        }

        private void MarkExactly(string what, RedactionType type)
        {
            for (var at = text.IndexOf(what, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(what, at + 1, StringComparison.OrdinalIgnoreCase)) Add(at, at + what.Length, type);
        }

        private void MarkKnownName(string whole, bool isChild)
        {
            var parts = whole.Split([' ', '-', '‑', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(p => (Raw: p, Folded: Spelling.Fold(p))).Where(p => p.Folded.Length > 1 && !Titles.Contains(p.Folded) && !FamilyTitles.Contains(p.Folded)).ToList();
            if (parts.Count == 0) return;
            var joined = string.Concat(parts.Select(p => p.Folded));
            for (var p = 0; p < parts.Count; p++)
            {
                var name = parts[p].Folded;
                var isGiven = p == 0 || (p < parts.Count - 1 && whole.Contains('-', StringComparison.Ordinal));
                var forms = isGiven && WordLists.Kin.TryGetValue(name, out var kin) ? kin : [];
                for (var i = 0; i < words.Count; i++)
                {
                    if (IsKnownName(i, name, forms, isGiven, joined)) Add(words[i], RedactionType.Name);
                }
            }

            MarkSpeltOut([.. parts.Select(p => p.Folded), .. parts.SelectMany(p => WordLists.Kin.GetValueOrDefault(p.Folded, [])), joined]);
            MarkBroken(parts.ConvertAll(p => p.Folded));
            if (parts.Count > 1)
            {
                var initials = string.Concat(char.ToUpperInvariant(parts[0].Folded[0]), char.ToUpperInvariant(parts[^1].Folded[0]));
                var everyday = WordLists.Everyday.Contains(initials.ToLowerInvariant());
                foreach (Match match in Regex.Matches(text, $@"(?<![\w.]){initials[0]}\.[ ]?{initials[1]}(\.|\b)")) Add(match.Index, match.Index + match.Length, RedactionType.Name);
                if (isChild && !everyday && capitalsTell)
                    foreach (Match match in Regex.Matches(text, $@"(?<!\w){initials}(?!\w)")) Add(match.Index, match.Index + match.Length, RedactionType.Name);
                // Sam T, and T for the rest of us.
                for (var i = 0; i + 1 < words.Count; i++)
                {
                    if (Follows(i) && words[i + 1].Folded.Length == 1 && words[i + 1].IsCapital && words[i + 1].Folded[0] == parts[^1].Folded[0] && words[i].Folded == parts[0].Folded) Add(i, i + 1, RedactionType.Name, byWord: true);
                }
            }
        }

        private bool IsKnownName(int i, string name, string[] forms, bool isGiven, string joined)
        {
            var word = words[i];
            if (word.Folded.Length < 2) return false;
            var capital = word.IsCapital && capitalsTell;
            foreach (var said in Sayings(word))
            {
                if (said == name || (said.Length > 2 && forms.Contains(said))) return MayBeName(i, said, isKnown: true);
                if (said.Length > 3 && said[^1] == 's' && (said[..^1] == name || forms.Contains(said[..^1]))) return !WordLists.Everyday.Contains(said);
                if (said == joined) return true;
            }

            if (word.IsEveryday || name.Length < 3) return false;
            var folded = word.Folded;
            var bare = folded.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            if (bare.Length != folded.Length && bare.Length > 2 && (bare == name || forms.Contains(bare) || bare == joined)) return true;
            // Names run together with other words: rubyxo, mayasmum, xXtylerXx.
            if (name.Length >= 4 && folded.Length > name.Length && folded.Length <= 24 && !WordLists.Everyday.Contains(name)
                && (folded.StartsWith(name, StringComparison.Ordinal) || folded.EndsWith(name, StringComparison.Ordinal) || folded.Contains(joined, StringComparison.Ordinal))) return true;
            if (WordLists.Everyday.Contains(folded.TrimEnd('s')) && !capital) return false;
            var sure = capital && !word.BeginsSentence;
            if (Spelling.IsLike(folded, name, sure) || Spelling.IsLike(Spelling.WithoutDrawl(folded), name, sure)) return true;
            if (folded.Length > 4 && folded[^1] == 's' && Spelling.IsLike(folded[..^1], name, sure)) return true;
            // Shortened, with or without a pet ending: Char, Jayd, Thistly.
            if (!isGiven && !(capital && name.Length > 5)) return false;
            foreach (var ending in new[] { "", "y", "ie", "ey", "i", "o", "s", "z", "za", "zza", "ster", "kins", "boy", "girl", "bear" })
            {
                if (!folded.EndsWith(ending, StringComparison.Ordinal)) continue;
                var stem = folded[..^ending.Length];
                // Lozza and Gazza keep two letters of the name; Kac and Ffi three, and no everyday word is one.
                var enough = !isGiven ? 4 : ending == "zza" ? 2 : 3;
                if (stem.Length >= enough && stem.Length < name.Length && name.StartsWith(stem, StringComparison.Ordinal)) return true;
                if (stem.Length >= (isGiven ? 3 : 4) && stem[^1] == stem[^2] && name.StartsWith(stem[..^1], StringComparison.Ordinal)) return true;
            }

            return false;
        }

        /// <summary>What a word may stand for: as it is, without drawl, with digits read as letters.</summary>
        private static IEnumerable<string> Sayings(Word word)
        {
            yield return word.Folded;
            var drawn = Spelling.WithoutDrawl(word.Folded);
            if (drawn != word.Folded) yield return drawn;
            if (word.Folded.Any(char.IsAsciiDigit) && word.Folded.Any(char.IsLetter) && !Clock().IsMatch(word.Folded)) yield return Spelling.FromDigits(word.Folded);
            if (word.Folded.Length > 3 && word.Folded[^1] == 's' && !word.IsEveryday) yield return word.Folded[..^1];
        }

        /// <summary>Whether what is spelt like a name is one here, and not the everyday word.</summary>
        private bool MayBeName(int i, string said, bool isKnown)
        {
            var word = words[i];
            var isWord = WordLists.WordsThatAreNames.Contains(said) || WordLists.Everyday.Contains(said);
            if (!isWord) return true;
            var cued = Is(i - 1, Calling) || Is(i - 1, Relations) || Is(i - 1, Titles) || (Is(i - 1, FamilyTitles) && !(words[i - 1].Folded == "miss" && !word.IsCapital))
                || (Is(i - 1, Set("is")) && Is(i - 2, Calling));
            if (cued) return isKnown || word.IsCapital || !word.IsEveryday;
            var capital = word.IsCapital && capitalsTell;
            if (Months.Contains(said) && (Is(i - 1, Set("in on since until of last next this by")) || (i > 0 && words[i - 1].Folded.Any(char.IsAsciiDigit)) || (i + 1 < words.Count && words[i + 1].Folded.Any(char.IsAsciiDigit)))) return false;
            if (capital && !word.BeginsSentence) return true;
            if (capital)
            {
                if (SmallWords.Contains(said) && (Is(i + 1, Pronouns) || Is(i + 1, Articles))) return false;
                return isKnown || Is(i + 1, Doing) || word.IsPossessive;
            }

            if (!isKnown && !word.IsPossessive) return false;
            if (word.IsPossessive && word.Raw[^1] is 's' or 'S') return isKnown && !Set("it that what who how let there here").Contains(said);
            if (SmallWords.Contains(said) || Months.Contains(said)) return Is(i - 1, DoneTo) || Is(i + 1, Set("said says told hit hits is was isnt wasnt got took lives"));
            return !Is(i - 1, Articles) && !Is(i - 1, Pronouns);
        }

        /// <summary>S-a-m, S A M, s.a.m</summary>
        private void MarkSpeltOut(IReadOnlyCollection<string> names)
        {
            foreach (Match match in SpeltOut().Matches(text))
            {
                var letters = Spelling.Fold(match.Value);
                if (letters.Length > 2 && names.Any(n => n.Length > 2 && letters.Contains(n, StringComparison.Ordinal))) Add(match.Index, match.Index + match.Length, RedactionType.Name);
            }
        }

        /// <summary>Ty ler, Ja*den, T***r: broken or starred to pass a filter.</summary>
        private void MarkBroken(List<string> names)
        {
            for (var i = 0; i + 1 < words.Count; i++)
            {
                if (words[i + 1].Start - words[i].End > 1 || (words[i].IsEveryday && words[i + 1].IsEveryday)) continue;
                var joined = words[i].Folded + words[i + 1].Folded;
                if (joined.Length > 4 && names.Contains(joined)) Add(i, i + 1, RedactionType.Name, byWord: true);
            }

            foreach (Match match in Starred().Matches(text))
            {
                var (first, last) = (Spelling.Fold(match.Groups["first"].Value), Spelling.Fold(match.Groups["last"].Value));
                if (names.Exists(n => n.StartsWith(first, StringComparison.Ordinal) && n.EndsWith(last, StringComparison.Ordinal) && n.Length >= first.Length + last.Length)) Add(match.Index, match.Index + match.Length, RedactionType.Name);
            }
        }

        /// <summary>A school or town as its telling words, with whatever of the rest stands round them.</summary>
        private void MarkPhrase(string phrase, RedactionType type, FrozenSet<string> generic, FrozenSet<string> fillers)
        {
            var parts = phrase.Split([' ', '-', ',', '.', '&', '/'], StringSplitOptions.RemoveEmptyEntries).Select(Spelling.Fold).Where(p => p.Length > 0).ToList();
            var telling = parts.Where(p => !generic.Contains(p) && !fillers.Contains(p)).ToList();
            for (var i = 0; i < words.Count; i++)
            {
                var hit = telling.Find(t => Sayings(words[i]).Any(s => s == t || (s.Length > 3 && s == t.TrimEnd('s')) || s == t + "s")
                    || (!words[i].IsEveryday && Spelling.IsLike(words[i].Folded, t, words[i].IsCapital && capitalsTell)));
                if (hit is null) continue;
                int first = i, last = i;
                while (Follows(last) && (telling.Any(t => t == words[last + 1].Folded || t + "s" == words[last + 1].Folded) || generic.Contains(words[last + 1].Folded) || (parts.Contains(words[last + 1].Folded) && fillers.Contains(words[last + 1].Folded)))) last++;
                while (first > 0 && Follows(first - 1) && parts.Contains(words[first - 1].Folded) && words[first - 1].Folded is not ("the" or "of" or "and")) first--;
                var several = last > first;
                var alone = !WordLists.Everyday.Contains(hit) && hit.Length > 2;
                if (several || alone || (words[i].IsCapital && capitalsTell && !words[i].BeginsSentence)) Add(first, last, type, byWord: true);
            }

            if (parts.Count < 3) return;
            var initials = string.Concat(parts.Where(p => p is not ("of" or "the" or "and")).Select(p => char.ToUpperInvariant(p[0])));
            foreach (var word in words.Where(w => w.IsAllCapitals && string.Equals(w.Folded, initials, StringComparison.OrdinalIgnoreCase))) Add(word, type);
        }

        private void MarkAddress(string address)
        {
            foreach (var line in address.Split([',', '\n', '\r', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                // The street may stand in one line with it.
                MarkPostcode(line);
                var parts = AnyPostcode().Replace(line, " ").Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries).Select(Spelling.Fold).Where(p => p.Length > 0).ToList();
                var telling = parts.Where(p => !StreetWords.Contains(p) && !char.IsAsciiDigit(p[0]) && p is not ("flat" or "the" or "of" or "apartment" or "house")).ToList();
                for (var i = 0; i < words.Count; i++)
                {
                    if (parts.Exists(p => char.IsAsciiDigit(p[0]) && p == words[i].Folded) && Is(i - 1, Set("number no flat house nr"))) Add(i - 1, i, RedactionType.Address, byWord: true);
                    var hit = telling.Find(t => words[i].Folded == t || (!words[i].IsEveryday && Spelling.IsLike(words[i].Folded, t, words[i].IsCapital && capitalsTell)));
                    if (hit is null) continue;
                    int first = i, last = i;
                    while (Follows(last) && (parts.Contains(words[last + 1].Folded) || StreetWords.Contains(words[last + 1].Folded))) last++;
                    while (first > 0 && Follows(first - 1) && (parts.Contains(words[first - 1].Folded) || words[first - 1].Folded is [>= '0' and <= '9', ..])) first--;
                    if (last > first || (!WordLists.Everyday.Contains(hit) && hit.Length > 2)) Add(first, last, RedactionType.Address, byWord: true);
                }
            }
        }

        private void MarkPostcode(string postcode)
        {
            var match = AnyPostcode().Match(postcode);
            if (!match.Success) return;
            var compact = Spelling.Fold(match.Value);
            var outward = compact[..^3];
            for (var i = 0; i < words.Count; i++)
            {
                if (words[i].Folded == compact || (words[i].Folded == outward && outward.Any(char.IsAsciiDigit))) Add(words[i], RedactionType.Postcode);
                if (i + 1 < words.Count && words[i].Folded + words[i + 1].Folded == compact) Add(i, i + 1, RedactionType.Postcode, byWord: true);
            }
        }

        private void MarkDate(DateOnly date)
        {
            var (d, m, y) = (date.Day, date.Month, date.Year);
            var month = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(m);
            var pattern = $@"(?<!\d)(0?{d}\s*[/.\-\s]\s*0?{m}|0?{m}\s*[/.\-]\s*0?{d})(\s*[/.\-\s]\s*({y}|{y % 100:00}))?(?!\d)|(?<!\w){month[..3]}\w*\s+(the\s+)?0?{d}(st|nd|rd|th)?(?!\w)|(?<!\d){y}(?!\d)|(?<!\d){d:00}{m:00}({y % 100:00}|{y})(?!\d)";
            foreach (Match match in Regex.Matches(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)) Add(match.Index, match.Index + match.Length, RedactionType.Date);
        }

        /// <summary>A known number however it is broken up, and the end of it.</summary>
        private void MarkNumber(string number, RedactionType type)
        {
            var sought = string.Concat(number.Where(char.IsLetterOrDigit)).ToLowerInvariant();
            if (sought.Length < 4) return;
            var national = sought.StartsWith("44", StringComparison.Ordinal) && type == RedactionType.Phone ? "0" + sought[2..] : sought;
            var kept = new List<int>();
            for (var i = 0; i < text.Length; i++) if (char.IsLetterOrDigit(text[i])) kept.Add(i);
            var compact = string.Concat(kept.Select(i => char.ToLowerInvariant(text[i])));
            foreach (var form in new[] { sought, national, national.Length > 8 ? national[^6..] : "" }.Distinct().Where(f => f.Length > 3))
            {
                for (var at = compact.IndexOf(form, StringComparison.Ordinal); at >= 0; at = compact.IndexOf(form, at + 1, StringComparison.Ordinal)) Add(kept[at], kept[at + form.Length - 1] + 1, type);
            }
        }

        /// <summary>Names of people the record does not know.</summary>
        public void MarkNames()
        {
            for (var i = 0; i < words.Count; i++)
            {
                if (!IsSomebodysName(i)) continue;
                Add(words[i], RedactionType.Name);
                // A surname after it.
                if (Follows(i) && words[i + 1].IsCapital && capitalsTell && !words[i + 1].IsEveryday && !words[i + 1].IsPossessive | words[i + 1].Folded.Length > 1) Add(words[i + 1], RedactionType.Name);
                else if (Follows(i) && words[i + 1].IsCapital && words[i + 1].Folded.Length == 1 && words[i + 1].Folded != "i") Add(words[i + 1], RedactionType.Name);
            }

            MarkSpeltOut(WordLists.GivenNames);
        }

        private bool IsSomebodysName(int i)
        {
            var word = words[i];
            var capital = word.IsCapital && capitalsTell;
            if (word.Folded.Length == 0 || char.IsAsciiDigit(word.Folded[0])) return false;
            // Mr P, Miss Okafor, auntie jo.
            if (Is(i - 1, Titles) && (word.IsCapital || !word.IsEveryday)) return true;
            if (Is(i - 1, FamilyTitles) && !word.BeginsSentence && word.Folded.Length > 1 && (!word.IsEveryday || (capital && WordLists.WordsThatAreNames.Contains(word.Folded)))) return true;
            // A pet is called what nobody else's is.
            if (Is(i - 1, Pets) && capital && !word.BeginsSentence && !Pronouns.Contains(word.Folded) && !Doing.Contains(word.Folded)) return true;
            if (word.Folded.Length < 2) return false;
            var called = Is(i - 1, Set("called named nicknamed surname")) || (Is(i - 1, Set("is")) && Is(i - 2, Set("name nickname"))) || (Is(i - 1, Set("me him her them it us")) && Is(i - 2, Set("call calls called")));
            if (called && !word.IsEveryday) return true;
            if ((called || Is(i - 1, Relations)) && capital && !word.BeginsSentence && !Is(i - 1, Set("mum dad")) && (!word.IsEveryday || WordLists.WordsThatAreNames.Contains(word.Folded))) return true;
            foreach (var said in Sayings(word))
            {
                if (!WordLists.GivenNames.Contains(said)) continue;
                if (said.Length == 2 && !(capital && !word.BeginsSentence && !word.IsAllCapitals)) continue;
                return MayBeName(i, said, isKnown: false) && (!word.IsEveryday || capital || word.IsPossessive);
            }

            if (word.IsEveryday || word.IsAllCapitals) return false;
            if (!capital || Months.Contains(word.Folded) || WordLists.Everyday.Contains(word.Folded.TrimEnd('s'))) return false;
            // A capital in the middle of a sentence, on a word nobody uses every day.
            if (!word.BeginsSentence) return true;
            return Is(i + 1, Doing) && !word.Folded.EndsWith("ing", StringComparison.Ordinal) && !word.Folded.EndsWith('s');
        }

        public void MarkPlaces()
        {
            for (var i = 0; i < words.Count; i++)
            {
                MarkStreet(i);
                MarkNamedBuilding(i);
                if (PlacesThatAreWords.Contains(words[i].Folded) && words[i].IsCapital && capitalsTell && !words[i].BeginsSentence && Is(i - 1, Towards)) Add(words[i], RedactionType.Place);
                // "St" before a name is a church, a school or a road.
                if (words[i].Folded is "st" or "saint" && Follows(i) && !words[i + 1].IsEveryday && words[i + 1].Folded.Length > 2)
                {
                    var last = i + 1;
                    while (Follows(last) && (SchoolWords.Contains(words[last + 1].Folded) || SchoolFillers.Contains(words[last + 1].Folded) && Follows(last + 1) && SchoolWords.Contains(words[last + 2].Folded))) last++;
                    Add(i, last, RedactionType.School, byWord: true);
                }

                if (!WordLists.Places.TryGetValue(words[i].Folded, out var places)) continue;
                foreach (var place in places)
                {
                    if (i + place.Length > words.Count || Enumerable.Range(0, place.Length).Any(p => words[i + p].Folded != place[p])) continue;
                    var last = i + place.Length - 1;
                    if (place.Length > 1 || words[i].IsCapital || !words[i].IsEveryday) Add(i, last, RedactionType.Place, byWord: true);
                    break;
                }
            }
        }

        private void MarkStreet(int i)
        {
            if (!StreetWords.Contains(words[i].Folded) || i == 0 || !Follows(i - 1)) return;
            var first = i;
            while (first > 0 && i - first < 3 && Follows(first - 1) && words[first - 1].IsCapital && capitalsTell && !(words[first - 1].BeginsSentence && words[first - 1].IsEveryday) && !Articles.Contains(words[first - 1].Folded) && !Is(first - 1, Towards)) first--;
            var typed = words[i].Folded is not ("close" or "drive" or "way" or "place" or "view" or "hill" or "walk" or "row" or "square" or "court" or "rise" or "parade") || words[i].IsCapital;
            var named = first < i && typed;
            if (!named)
            {
                // 12 oak road; on oak road.
                var numbered = i > 1 && words[i - 2].Folded is [>= '0' and <= '9', ..] and { Length: < 5 };
                var road = words[i].Folded is "road" or "rd" or "street" or "lane" or "avenue" or "crescent" or "terrace" or "grove" or "gardens" or "close" or "drive" or "estate";
                var onIt = road && words[i].Folded is not ("close" or "drive") && Is(i - 2, Set("on in at up down off along")) && !Articles.Contains(words[i - 1].Folded) && !Set("my our their his her your main busy big long dark wrong right same other high").Contains(words[i - 1].Folded);
                if (!(numbered && road) && !onIt) return;
                first = i - 1;
            }

            if (first > 0 && Follows(first - 1) && words[first - 1].Folded is [>= '0' and <= '9', ..]) first--;
            Add(first, i, RedactionType.Address, byWord: true);
        }

        private void MarkNamedBuilding(int i)
        {
            var school = SchoolWords.Contains(words[i].Folded);
            if ((!school && !Buildings.Contains(words[i].Folded)) || i == 0 || !Follows(i - 1)) return;
            var first = i;
            while (first > 0 && i - first < 5 && Follows(first - 1)
                && ((words[first - 1].IsCapital && capitalsTell && !(words[first - 1].BeginsSentence && words[first - 1].IsEveryday) && !Articles.Contains(words[first - 1].Folded) && words[first - 1].Folded != "i")
                    || (school && i - first < 3 && SchoolWords.Contains(words[first - 1].Folded)))) first--;
            // "Primary School" alone names no school.
            if (Enumerable.Range(first, i - first).All(w => SchoolWords.Contains(words[w].Folded) || Relations.Contains(words[w].Folded) || words[w].Folded is "youth" or "children" or "childrens" or "english" or "new" or "old")) return;
            Add(first, i, school ? RedactionType.School : RedactionType.Place, byWord: true);
        }
    }

    private static readonly (Func<Regex> Pattern, RedactionType Type)[] Patterns =
    [
        (Email, RedactionType.Email), (SaidEmail, RedactionType.Email), (Link, RedactionType.Link), (Handle, RedactionType.Link), (UserName, RedactionType.Link),
        (Phone, RedactionType.Phone), (AnyPostcode, RedactionType.Postcode), (NumericDate, RedactionType.Date), (IsoDate, RedactionType.Date), (DayMonth, RedactionType.Date), (MonthDay, RedactionType.Date),
        (BirthdayDay, RedactionType.Date), (BornIn, RedactionType.Date), (LongNumber, RedactionType.Id), (HealthNumber, RedactionType.Id), (Reference, RedactionType.Id), (PupilNumber, RedactionType.Id),
        (InsuranceNumber, RedactionType.Id), (CarPlate, RedactionType.Id), (Flat, RedactionType.Address),
    ];

    private const RegexOptions Plain = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const string MonthNames = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)";
    private const string DayInWords = "(?:(?:twenty|thirty)[ -]?)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth";

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}\u200B-\u200D\u2060\u00AD]+(?:['’‘`ʼ][\p{L}\p{M}\p{N}]*)?(?<![\u200B-\u200D])", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"^\d{1,2}(am|pm|st|nd|rd|th|s|yo|yrs|years|mins|min|hrs|k|x|p|d|g|gb|cm|m|km)$", Plain)]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?<!\w)(?:\p{L}[\s.\-_*·,]{1,2}){2,}\p{L}(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex SpeltOut();

    [GeneratedRegex(@"(?<!\w)(?<first>\p{L}+)\*+(?<last>\p{L}*)(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Starred();

    // As long as an address can be and no longer: without an end, a text without spaces would be read from each of its letters.
    [GeneratedRegex(@"[\w.+\-']{1,64}\s?@\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}", Plain)]
    private static partial Regex Email();

    [GeneratedRegex(@"\b[\w.\-]{1,64}\s{0,4}(?:\(at\)|\[at\]|\sat\s)\s{0,4}[\w\-]{1,63}\s{0,4}(?:\(dot\)|\[dot\]|\sdot\s|\.)\s*(?:com|co|org|net|uk)\b(?:\s*(?:\.|\sdot\s)\s*uk\b)?", Plain)]
    private static partial Regex SaidEmail();

    [GeneratedRegex(@"\bhttps?://\S+|\bwww\.\S+|\b[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,8}\.(?:com|co\.uk|org|org\.uk|net|sch\.uk|gov\.uk|ac\.uk|me|io|gg)\b(?:/\S*)?", Plain)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w.])@\w[\w.]{1,}", Plain)]
    private static partial Regex Handle();

    [GeneratedRegex(@"(?<!\w)(?=\w*\p{L})(?=\w*[_\d])(?:\w+_\w+|(?:x{1,2})?\p{L}{3,}\d{2,}\w*)(?!\w)|\b(?:snap(?:chat)?|insta(?:gram)?|tiktok|username|user name|gamertag|discord|roblox|psn)(?:\s+(?:name|user|is|called|id))*\s*[:=]?\s+(?<part>(?=\w*[\d_.])[\w.]+)", Plain)]
    private static partial Regex UserName();

    [GeneratedRegex(@"(?<![\d\w])(?:\+?\s?44[\s\-.()]*(?:\(0\))?|\(?0)(?:[\s\-.()]*\d){9,10}(?!\d)", Plain)]
    private static partial Regex Phone();

    [GeneratedRegex(@"(?<!\w)(?:gir\s?0aa|[a-z]{1,2}\d[a-z\d]?\s{0,2}\d[abd-hjlnp-uw-z]{2})(?!\w)", Plain)]
    private static partial Regex AnyPostcode();

    [GeneratedRegex(@"(?<![\d/.])\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:\d{4}|\d{2})(?![\d/])", Plain)]
    private static partial Regex NumericDate();

    [GeneratedRegex(@"(?<!\d)(?:19|20)\d{2}[/.\-]\d{1,2}[/.\-]\d{1,2}(?!\d)", Plain)]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"(?<!\w)(?:\d{1,2}\s?(?:st|nd|rd|th)?|" + DayInWords + @")(?:\s+of)?[\s\-/]+" + MonthNames + @"\b\.?,?(?:[\s\-/]+(?:of\s+)?(?:(?:19|20)\d{2}|’?'?\d{2}(?!\w)))?", Plain)]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"(?<!\w)" + MonthNames + @"\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\b(?!\s*(?:o'?clock|am|pm))(?:,?\s+(?:19|20)\d{2})?|(?<!\w)(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+(?:19|20)\d{2}\b", Plain)]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"\b(?:birthday|bday|born)\b[^.\n]{0,15}?(?<part>\b\d{1,2}(?:st|nd|rd|th)\b)", Plain)]
    private static partial Regex BirthdayDay();

    [GeneratedRegex(@"\b(?:born|dob|birth)\b[^.\n]{0,15}?(?<part>\b(?:19|20)\d{2}\b)", Plain)]
    private static partial Regex BornIn();

    [GeneratedRegex(@"(?<![\d.,])\d{6,}(?![\d])", Plain)]
    private static partial Regex LongNumber();

    [GeneratedRegex(@"(?<!\d)\d{3}[ \-]\d{3}[ \-]\d{4}(?!\d)", Plain)]
    private static partial Regex HealthNumber();

    [GeneratedRegex(@"(?<!\w)[a-z]{1,5}[\-/]?\d{4,}[a-z]?(?!\w)|(?<!\w)[a-z]{2,5}[\-/]\d{2,}[\-/]?\d*(?!\w)", Plain)]
    private static partial Regex Reference();

    [GeneratedRegex(@"(?<!\w)[a-z]\d{11,12}[a-z\d]?(?!\w)", Plain)]
    private static partial Regex PupilNumber();

    [GeneratedRegex(@"(?<!\w)[a-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d](?!\w)", Plain)]
    private static partial Regex InsuranceNumber();

    [GeneratedRegex(@"(?<!\w)[A-Z]{2}\d{2}\s?[A-Z]{3}(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex CarPlate();

    [GeneratedRegex(@"(?<!\w)(?:flat|apartment)\s+\d+\s?[a-z]?(?!\w)", Plain)]
    private static partial Regex Flat();
}
