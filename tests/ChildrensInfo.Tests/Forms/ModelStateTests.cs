using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Xunit;

namespace ChildrensInfo.Tests.Forms;

public class ModelStateTests
{
    private sealed record Note(string Text, DateOnly? On);

    private sealed class NoteValidator : AbstractValidator<Note>
    {
        public NoteValidator()
        {
            RuleFor(n => n.Text).NotEmpty().WithMessage("Enter what was said");
            RuleFor(n => n.On).NotNull().WithMessage("Enter the date");
        }
    }

    [Fact]
    public async Task What_a_validator_says_stands_beside_the_field()
    {
        var state = new ModelStateDictionary();
        Assert.False(await state.ValidateAsync(new NoteValidator(), new Note("", new(2026, 3, 1)), "Input"));
        Assert.Equal("Enter what was said", Assert.Single(state["Input.Text"]!.Errors).ErrorMessage);
        Assert.False(state.ContainsKey("Input.On"));
    }

    [Fact]
    public async Task A_field_that_could_not_be_read_keeps_its_own_message()
    {
        var state = new ModelStateDictionary();
        state.AddModelError("Input.On", "Date must be a real date");
        Assert.False(await state.ValidateAsync(new NoteValidator(), new Note("said", null), "Input"));
        Assert.Equal("Date must be a real date", Assert.Single(state["Input.On"]!.Errors).ErrorMessage);
    }

    [Fact]
    public async Task A_good_form_is_good() =>
        Assert.True(await new ModelStateDictionary().ValidateAsync(new NoteValidator(), new Note("said", new(2026, 3, 1)), "Input"));
}
