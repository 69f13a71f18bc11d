using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What <c>_WhereFrom</c> draws: where words came from. Its fields are called Input.…, as the form's page binds them.</summary>
/// <param name="Words">Of words; otherwise of signs and symbols.</param>
/// <param name="MayBeSeen">Whether it may be something that nobody said.</param>
public sealed record WhereFromFields(HowWordsCame Input, bool Words, bool MayBeSeen, IReadOnlyList<SelectListItem> Languages);
