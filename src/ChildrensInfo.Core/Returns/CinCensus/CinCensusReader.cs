using System.Globalization;
using System.Text;
using System.Xml;

namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>
/// Reads a children in need census return one child at a time, in constant memory whatever the file's size. What is odd is read and
/// noted (<see cref="UnknownElements"/>, <see cref="PaddedFields"/>, <see cref="StrayText"/>); what cannot be trusted to mean what
/// it says is refused with a <see cref="ReturnRefusedException"/>, from the constructor or from <see cref="TryRead"/>.
/// The stream stays open.
/// </summary>
public sealed class CinCensusReader : IDisposable
{
    public const int MaxDepth = 64;
    public const int MaxValueLength = 1_000;

    /// <summary>Episodes, events, codes and reviews of one child: far above any real life, and low enough that no child fills the memory.</summary>
    public const int MaxPartsOfChild = 5_000;

    /// <summary>Distinct names kept, so that a file of invented names cannot fill the memory; the rest is counted together.</summary>
    private const int MaxNamesKept = 100;
    private const string OtherNames = "(others)";

    private readonly GuardedStream guarded;
    private readonly XmlReader xml;
    private readonly IXmlLineInfo position;
    private readonly char[] buffer = new char[MaxValueLength + 1];
    private readonly Dictionary<string, int> unknownElements = [];
    private readonly Dictionary<string, int> paddedFields = [];
    private Block children;
    private int partsOfChild;
    private bool atEnd;
    private string? lastCompleteChild;

    static CinCensusReader() =>
      // Some case systems still write windows-1252 and say so in the first line.
      Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public CinCensusReader(Stream stream)
    {
        guarded = new GuardedStream(stream);
        try
        {
            RefuseWhatIsPlainlyNotXml();
            xml = XmlReader.Create(guarded, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersFromEntities = 1, // 0 would mean no limit
                MaxCharactersInDocument = 4L << 30,
                CheckCharacters = true,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                IgnoreWhitespace = true,
                CloseInput = false,
            });
            position = (IXmlLineInfo)xml;
            Header = Guard(ReadToChildren);
        }
        catch
        {
            xml?.Dispose();
            throw;
        }
    }

    public CinHeader Header { get; }

    /// <summary>Children read whole so far.</summary>
    public int ChildrenRead { get; private set; }

    /// <summary>Elements the census does not define where they stand, passed over: "name in parent" and how often.</summary>
    public IReadOnlyDictionary<string, int> UnknownElements => unknownElements;

    /// <summary>Fields whose value had spaces or line breaks around it, taken off: name and how often.</summary>
    public IReadOnlyDictionary<string, int> PaddedFields => paddedFields;

    /// <summary>Pieces of text found between elements, passed over.</summary>
    public int StrayText { get; private set; }

    /// <summary>Bytes taken from the stream so far, for showing progress.</summary>
    public long BytesRead => guarded.Consumed;

    public IEnumerable<CinChild> ReadChildren()
    {
        while (TryRead() is { } child) yield return child;
    }

    /// <returns>The next child, or null after the last one, when the whole file has been seen to be sound.</returns>
    public CinChild? TryRead()
    {
        if (atEnd) return null;
        var child = Guard(ReadNextChild);
        if (child is null)
        {
            atEnd = true;
            return null;
        }
        ChildrenRead++;
        lastCompleteChild = child.LAchildID.Value;
        return child;
    }

    public void Dispose() => xml.Dispose();

    // ------------------------------------------------------------------ the document

    private CinHeader ReadToChildren()
    {
        while (Advance() && xml.NodeType != XmlNodeType.Element) { }
        if (xml.LocalName != "Message")
            throw Refuse($"This is not a children in need return: its outermost element is <{Short(xml.LocalName)}>, not <Message>.");

        var header = new CinHeader();
        var message = Enter();
        while (NextIn(message))
        {
            switch (xml.LocalName)
            {
                case "Header": ReadHeader(header); break;
                case "Children":
                    if (header.Collection.Value is { } collection && !collection.Equals("CIN", StringComparison.OrdinalIgnoreCase))
                        throw Refuse($"The header says this is a return of the collection \"{Short(collection)}\". Only CIN can be loaded here.");
                    children = Enter();
                    return header;
                default: PassOver(); break;
            }
        }
        throw Refuse("There is no <Children> element in this file, so there is nothing to load.");
    }

    private CinChild? ReadNextChild()
    {
        while (true)
        {
            while (NextIn(children))
            {
                if (xml.LocalName == "Child") return ReadChild();
                PassOver();
            }
            // The end of the list: whatever follows must be sound too, or the file was cut or two files were joined.
            var another = false;
            while (!another && Advance())
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                another = xml.LocalName == "Children" && xml.Depth == 1;
                if (another) children = Enter();
                else PassOver();
            }
            if (!another) return null;
        }
    }

    private void ReadHeader(CinHeader header)
    {
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "CollectionDetails":
                    var details = Enter();
                    while (NextIn(details))
                    {
                        switch (xml.LocalName)
                        {
                            case "Collection": header.Collection = Text(); break;
                            case "Year": header.Year = Number(); break;
                            case "ReferenceDate": header.ReferenceDate = Date(); break;
                            default: PassOver(); break;
                        }
                    }
                    break;
                case "Source":
                    var source = Enter();
                    while (NextIn(source))
                    {
                        switch (xml.LocalName)
                        {
                            case "SourceLevel": header.SourceLevel = Text(); break;
                            case "LEA": header.LEA = Text(); break;
                            case "SoftwareCode": header.SoftwareCode = Text(); break;
                            case "Release": header.Release = Text(); break;
                            case "SerialNo": header.SerialNo = Text(); break;
                            case "DateTime": header.DateTime = Text(); break;
                            default: PassOver(); break;
                        }
                    }
                    break;
                default: PassOver(); break;
            }
        }
    }

    private CinChild ReadChild()
    {
        var child = new CinChild { Position = ChildrenRead + 1, Line = position.LineNumber };
        partsOfChild = 0;
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "ChildIdentifiers": ReadIdentifiers(child); break;
                case "ChildCharacteristics": ReadCharacteristics(child); break;
                case "CINdetails": child.CINdetails.Add(Part(ReadDetails())); break;
                default: PassOver(); break;
            }
        }
        return child;
    }

    private void ReadIdentifiers(CinChild child)
    {
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "LAchildID": child.LAchildID = Text(); break;
                case "UPN": child.UPN = Text(); break;
                case "FormerUPN": child.FormerUPN = Text(); break;
                case "UPNunknown": child.UPNunknown = Text(); break;
                case "PersonBirthDate": child.PersonBirthDate = Date(); break;
                case "ExpectedPersonBirthDate": child.ExpectedPersonBirthDate = Date(); break;
                case "Sex": child.Sex = Text(); break;
                case "GenderCurrent": child.GenderCurrent = Text(); break;
                case "PersonDeathDate": child.PersonDeathDate = Date(); break;
                default: PassOver(); break;
            }
        }
    }

    private void ReadCharacteristics(CinChild child)
    {
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "Ethnicity": child.Ethnicity = Text(); break;
                case "Disabilities": ReadTexts("Disability", child.Disability); break;
                default: PassOver(); break;
            }
        }
    }

    private CinDetails ReadDetails()
    {
        var details = new CinDetails { Line = position.LineNumber };
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "CINreferralDate": details.CINreferralDate = Date(); break;
                case "ReferralSource": details.ReferralSource = Text(); break;
                case "PrimaryNeedCode": details.PrimaryNeedCode = Text(); break;
                case "CINclosureDate": details.CINclosureDate = Date(); break;
                case "ReasonForClosure": details.ReasonForClosure = Text(); break;
                case "DateOfInitialCPC": details.DateOfInitialCPC = Date(); break;
                case "ReferralNFA": details.ReferralNFA = Flag(); break;
                case "Assessments": details.Assessments.Add(Part(ReadAssessment())); break;
                case "CINPlanDates": details.CINPlanDates.Add(Part(ReadPlan())); break;
                case "Section47": details.Section47.Add(Part(ReadSection47())); break;
                case "ChildProtectionPlans": details.ChildProtectionPlans.Add(Part(ReadProtectionPlan())); break;
                case "PreProceedingsandFGDM": details.PreProceedings.Add(Part(ReadPreProceedings())); break;
                default: PassOver(); break;
            }
        }
        return details;
    }

    private CinAssessment ReadAssessment()
    {
        var assessment = new CinAssessment();
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "AssessmentActualStartDate": assessment.AssessmentActualStartDate = Date(); break;
                case "AssessmentInternalReviewDate": assessment.AssessmentInternalReviewDate = Date(); break;
                case "AssessmentAuthorisationDate": assessment.AssessmentAuthorisationDate = Date(); break;
                case "FactorsIdentifiedAtAssessment": ReadTexts("AssessmentFactors", assessment.AssessmentFactors); break;
                default: PassOver(); break;
            }
        }
        return assessment;
    }

    private CinPlan ReadPlan()
    {
        var plan = new CinPlan();
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "CINPlanStartDate": plan.CINPlanStartDate = Date(); break;
                case "CINPlanEndDate": plan.CINPlanEndDate = Date(); break;
                default: PassOver(); break;
            }
        }
        return plan;
    }

    private CinSection47 ReadSection47()
    {
        var enquiry = new CinSection47();
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "S47ActualStartDate": enquiry.S47ActualStartDate = Date(); break;
                case "InitialCPCtarget": enquiry.InitialCPCtarget = Date(); break;
                case "DateOfInitialCPC": enquiry.DateOfInitialCPC = Date(); break;
                case "ICPCnotRequired": enquiry.ICPCnotRequired = Flag(); break;
                default: PassOver(); break;
            }
        }
        return enquiry;
    }

    private CinProtectionPlan ReadProtectionPlan()
    {
        var plan = new CinProtectionPlan();
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "CPPstartDate": plan.CPPstartDate = Date(); break;
                case "CPPendDate": plan.CPPendDate = Date(); break;
                case "InitialCategoryOfAbuse": plan.InitialCategoryOfAbuse = Text(); break;
                case "LatestCategoryOfAbuse": plan.LatestCategoryOfAbuse = Text(); break;
                case "NumberOfPreviousCPP": plan.NumberOfPreviousCPP = Number(); break;
                case "Reviews":
                    var before = plan.CPPreviewDate.Count;
                    var reviews = Enter();
                    while (NextIn(reviews))
                    {
                        if (xml.LocalName == "CPPreviewDate") plan.CPPreviewDate.Add(Part(Date()));
                        else PassOver();
                    }
                    if (plan.CPPreviewDate.Count == before) plan.ReviewsWithoutDate++;
                    break;
                default: PassOver(); break;
            }
        }
        return plan;
    }

    private CinPreProceedings ReadPreProceedings()
    {
        var stage = new CinPreProceedings();
        var block = Enter();
        while (NextIn(block))
        {
            switch (xml.LocalName)
            {
                case "PPStartDate": stage.PPStartDate = Date(); break;
                case "LBPSentDate": stage.LBPSentDate = Date(); break;
                case "FGDMMeetingOffer": stage.FGDMMeetingOffer = Flag(); break;
                case "FGDMMeetingFac": stage.FGDMMeetingFac = Flag(); break;
                case "InitialPPMeetingDate": stage.InitialPPMeetingDate = Date(); break;
                case "ReviewMeetingsCount": stage.ReviewMeetingsCount = Number(); break;
                case "StepDecisionDate": stage.StepDecisionDate = Date(); break;
                case "PPOutcome": stage.PPOutcome = Text(); break;
                case "CourtAppDate": stage.CourtAppDate = Date(); break;
                case "LetterInitCPDate": stage.LetterInitCPDate = Date(); break;
                default: PassOver(); break;
            }
        }
        return stage;
    }

    private void ReadTexts(string name, List<TextField> into)
    {
        var block = Enter();
        while (NextIn(block))
        {
            if (xml.LocalName == name) into.Add(Part(Text()));
            else PassOver();
        }
    }

    private T Part<T>(T part)
    {
        if (++partsOfChild > MaxPartsOfChild)
            throw Refuse($"Child number {ChildrenRead + 1} has more than {MaxPartsOfChild:N0} episodes, events and codes.");
        return part;
    }

    // ------------------------------------------------------------------ values

    private TextField Text()
    {
        var name = xml.LocalName;
        var raw = RawText();
        var value = Trim(name, raw);
        return new TextField(raw, value.Length == 0 ? null : value);
    }

    private Field<DateOnly> Date()
    {
        var name = xml.LocalName;
        var raw = RawText();
        return new Field<DateOnly>(raw, ParseDate(Trim(name, raw)));
    }

    private Field<bool> Flag()
    {
        var name = xml.LocalName;
        var raw = RawText();
        return new Field<bool>(raw, Trim(name, raw) switch
        {
            "1" => true,
            "0" => false,
            var word when word.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
            var word when word.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
            _ => null,
        });
    }

    private Field<int> Number()
    {
        var name = xml.LocalName;
        var raw = RawText();
        return new Field<int>(raw, int.TryParse(Trim(name, raw), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    /// <summary>
    /// Year-month-day only, with the midnight or time zone that some systems add. A date in another order is not guessed at: 02/06/2025
    /// is June to one system and February to the next.
    /// </summary>
    internal static DateOnly? ParseDate(string text)
    {
        if (text.Length > 10)
        {
            var rest = text.AsSpan(10);
            if (rest.StartsWith("T00:00:00")) rest = rest[9..];
            if (rest.StartsWith(".") && rest.TrimStart(".0").Length < rest.Length) rest = rest.TrimStart(".0");
            if (rest is not ("" or "Z") && !(rest.Length == 6 && rest[0] is '+' or '-' && rest[3] == ':')) return null;
        }
        return text.Length >= 10 && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
          ? date
          : null;
    }

    private string Trim(string name, string raw)
    {
        var value = raw.Trim();
        if (value.Length != raw.Length && value.Length > 0) Count(paddedFields, name);
        return value;
    }

    /// <summary>The text of the element the reader stands on, which it leaves at its end.</summary>
    private string RawText()
    {
        var name = xml.LocalName;
        var block = Enter();
        if (block.Empty) return "";
        var length = 0;
        while (true)
        {
            Advance();
            switch (xml.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    int read;
                    // In pieces, so that a value of any size costs no more memory than the longest one allowed.
                    while ((read = xml.ReadValueChunk(buffer, length, buffer.Length - length)) > 0)
                    {
                        length += read;
                        if (length > MaxValueLength) throw Refuse($"The value of {Short(name)} is longer than {MaxValueLength:N0} characters.");
                    }
                    break;
                case XmlNodeType.Element: PassOver(); break;
                case XmlNodeType.EndElement: return length == 0 ? "" : new string(buffer, 0, length);
            }
        }
    }

    // ------------------------------------------------------------------ walking

    private readonly record struct Block(int Depth, bool Empty);

    private Block Enter() => new(xml.Depth, xml.IsEmptyElement);

    /// <summary>Moves to the next element directly inside the block; false at the block's end.</summary>
    private bool NextIn(Block block)
    {
        if (block.Empty) return false;
        while (Advance())
        {
            if (xml.NodeType == XmlNodeType.Element) return true;
            if (xml.NodeType == XmlNodeType.EndElement && xml.Depth == block.Depth) return false;
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) StrayText++;
        }
        return false;
    }

    /// <summary>Notes an element the census does not define here and moves to its end.</summary>
    private void PassOver()
    {
        Count(unknownElements, Short(xml.LocalName));
        var block = Enter();
        if (block.Empty) return;
        while (Advance())
            if (xml.NodeType == XmlNodeType.EndElement && xml.Depth == block.Depth) return;
    }

    private bool Advance()
    {
        guarded.NodeDone();
        var moved = xml.Read();
        if (xml.Depth > MaxDepth) throw Refuse($"Elements are nested more than {MaxDepth} deep. A return of the census never is.");
        return moved;
    }

    private static void Count(Dictionary<string, int> counts, string name)
    {
        if (counts.Count >= MaxNamesKept && !counts.ContainsKey(name)) name = OtherNames;
        counts[name] = counts.GetValueOrDefault(name) + 1;
    }

    private static string Short(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    // ------------------------------------------------------------------ refusing

    private void RefuseWhatIsPlainlyNotXml()
    {
        var start = guarded.Peek(4);
        if (start.Length == 0) throw new ReturnRefusedException("The file is empty.");
        var kind = start switch
        {
            [0x50, 0x4B, 0x03 or 0x05, ..] => "a zip archive or an Excel or Word document",
            [0xD0, 0xCF, 0x11, 0xE0] => "an old Excel or Word document",
            [0x25, 0x50, 0x44, 0x46] => "a PDF",
            [0x1F, 0x8B, ..] => "a compressed file",
            _ => null,
        };
        if (kind is not null) throw new ReturnRefusedException($"This is {kind}, not XML. Send the XML file that the case system writes for the census.");
    }

    private ReturnRefusedException Refuse(string reason) => new(reason + At(position.LineNumber) + LastWhole())
    {
        Line = position.LineNumber > 0 ? position.LineNumber : null,
        CompleteChildren = ChildrenRead,
    };

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException fault)
        {
            // The cause is not kept: its message may quote the file.
            throw new ReturnRefusedException(PlainReason(fault) + LastWhole())
            {
                Line = fault.LineNumber > 0 ? fault.LineNumber : null,
                CompleteChildren = ChildrenRead,
            };
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("The file holds characters that its encoding does not have.");
        }
        catch (NodeTooLongException)
        {
            throw Refuse($"A single value, name or comment is longer than {GuardedStream.MaxNodeBytes >> 20} MB.");
        }
    }

    private string PlainReason(XmlException fault)
    {
        // XmlException has no codes; these words are the framework's English ones, which the tests hold in place.
        var words = fault.Message;
        var at = At(fault.LineNumber);
        bool Says(string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);

        if (Says("DTD"))
            return "The file declares a document type (DTD), which a return never needs and which can be used to attack the reader." + at;
        if (Says("Root element is missing"))
            return guarded.OnlyWhitespace ? "The file is empty." : "There is no element in the file." + at;
        if (Says("Unexpected end") || Says("not closed"))
            return "The file stops in the middle: it was probably cut off while it was written or sent." + at;
        if (Says("encoding") || Says("Unicode"))
            return "The file is not written in the encoding its first line names (UTF-8 when it names none)." + at;
        if (Says("root level") && fault.LineNumber <= 1 && ChildrenRead == 0)
            return "The file is not XML: it does not begin with an element." + at;
        return "The file is not well-formed XML." + at;
    }

    private static string At(int line) => line > 0 ? $" Reading stopped at line {line}." : "";

    private string LastWhole() => ChildrenRead == 0
      ? ""
      : $" The last complete child is number {ChildrenRead}{(lastCompleteChild is null ? "" : $" (LAchildID {Short(lastCompleteChild)})")}.";
}
