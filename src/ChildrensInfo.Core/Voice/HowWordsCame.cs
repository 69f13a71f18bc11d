using FluentValidation;

namespace ChildrensInfo.Core.Voice;

/// <summary>Where words came from, and who or how much time stood in between: asked of what is sealed, and of what puts it right.</summary>
public abstract class HowWordsCame
{
    public WordsProvenance? Provenance { get; set; }

    public InterpreterRole? Interpreter { get; set; }

    /// <summary>The language it was said in, when somebody interpreted.</summary>
    public string? SpokenLanguage { get; set; }

    /// <summary>Who saw it, or who told of it.</summary>
    public Observer? Observer { get; set; }

    public WrittenUp? WrittenUp { get; set; }
}

/// <summary>Who interpreted, and from what.</summary>
public sealed class InterpretedValidator : AbstractValidator<HowWordsCame>
{
    public InterpretedValidator()
    {
        RuleFor(r => r.Interpreter).NotNull().WithMessage("Choose who interpreted").IsInEnum().WithMessage("Choose who interpreted");
        RuleFor(r => r.SpokenLanguage).Cascade(CascadeMode.Stop).NotEmpty().WithMessage("Choose the language they spoke or signed").MaximumLength(35).WithMessage("Choose the language they spoke or signed")
            .Matches("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$").WithMessage("Choose the language they spoke or signed");
    }
}
