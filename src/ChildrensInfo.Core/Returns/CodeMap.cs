using System.Collections.Frozen;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.Ssda903;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>
/// What the codes of one council's own mean (<see cref="CodeMapping"/>). Only loading uses it: the rules judge the file as the Department
/// would see it.
/// </summary>
public sealed class CodeMap
{
    private readonly FrozenDictionary<(string Field, string Local), string> codes;

    private CodeMap(IEnumerable<CodeMapping> mappings) =>
        codes = mappings.ToFrozenDictionary(m => (m.Field, m.LocalCode), m => m.Code);

    public static CodeMap None { get; } = new([]);

    /// <summary>The fields whose codes can be mapped, by the name the return gives them, and the list each takes its codes from.</summary>
    public static FrozenDictionary<string, CodeList> Fields { get; } = new Dictionary<string, CodeList>
    {
        ["Sex"] = CinCodes.Sex,
        ["Ethnicity"] = CinCodes.Ethnicity,
        ["Disability"] = CinCodes.Disability,
        ["ReferralSource"] = CinCodes.ReferralSource,
        ["PrimaryNeedCode"] = CinCodes.PrimaryNeed,
        ["ReasonForClosure"] = CinCodes.ReasonForClosure,
        ["AssessmentFactors"] = CinCodes.AssessmentFactors,
        ["InitialCategoryOfAbuse"] = CinCodes.CategoryOfAbuse,
        ["LatestCategoryOfAbuse"] = CinCodes.CategoryOfAbuse,
        ["SEX"] = Ssda903Codes.Sex,
        ["ETHNIC"] = Ssda903Codes.Ethnic,
        ["RNE"] = Ssda903Codes.Rne,
        ["LS"] = Ssda903Codes.Ls,
        ["CIN"] = Ssda903Codes.Cin,
        ["PLACE"] = Ssda903Codes.Place,
        ["PLACE_PROVIDER"] = Ssda903Codes.PlaceProvider,
        ["REC"] = Ssda903Codes.Rec,
        ["REASON_PLACE_CHANGE"] = Ssda903Codes.ReasonPlaceChange,
        ["REVIEW_CODE"] = Ssda903Codes.ReviewCode,
        ["SDQ_REASON"] = Ssda903Codes.SdqReason,
        ["IN_TOUCH"] = Ssda903Codes.InTouch,
        ["ACTIV"] = Ssda903Codes.Activ,
        ["ACCOM"] = Ssda903Codes.Accom,
        ["SEX_ADOPTR"] = Ssda903Codes.SexAdoptr,
        ["LS_ADOPTR"] = Ssda903Codes.LsAdoptr,
        ["REASON_PLACED_CEASED"] = Ssda903Codes.ReasonPlacedCeased,
        ["PREV_PERM"] = Ssda903Codes.PrevPerm,
        ["LA_PERM"] = Ssda903Codes.LaPerm,
        ["MISSING"] = Ssda903Codes.Missing,
        ["SW_REASON"] = Ssda903Codes.SwReason,
    }.ToFrozenDictionary();

    public static async Task<CodeMap> LoadAsync(AppDbContext db, CancellationToken cancel) => new(await db.CodeMappings.AsNoTracking().ToListAsync(cancel));

    /// <summary>The code as the statutory list has it: the one given, what it is mapped to, or null when neither is known.</summary>
    public string? Find(string field, string code) =>
        Fields[field].Contains(code) ? code : codes.TryGetValue((field, code), out var known) && Fields[field].Contains(known) ? known : null;
}
