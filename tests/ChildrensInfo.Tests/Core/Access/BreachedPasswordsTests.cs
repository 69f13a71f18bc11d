using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Access;
using Xunit;

namespace ChildrensInfo.Tests.Core.Access;

public class BreachedPasswordsTests
{
    [Theory]
    [InlineData(0, "\r\n")]
    [InlineData(1, "\n")]
    [InlineData(2, "\r\n")]
    [InlineData(5000, "\r\n")]
    [InlineData(20_000, "\n")]
    public void Every_password_of_the_list_is_found_and_no_other(int size, string end)
    {
        var folder = Directory.CreateTempSubdirectory("breached-");
        try
        {
            var path = Path.Combine(folder.FullName, "list.txt");
            var lines = Enumerable.Range(0, size).Select(i => $"{Hash($"pässword {i}")}:{i * 7919}").Order(StringComparer.Ordinal).ToList();
            File.WriteAllText(path, string.Concat(lines.Select(l => l + end)));
            var list = new BreachedPasswords(path);
            for (var i = 0; i < size; i++) Assert.True(list.Contains($"pässword {i}"), $"{i}");
            for (var i = 0; i < 500; i++) Assert.False(list.Contains($"another {i}"), $"{i}");
            if (size > 0) Assert.Null(BreachedPasswords.FaultOf(path));
            if (size < 3) return;
            lines.Reverse();
            File.WriteAllText(path, string.Join(end, lines));
            Assert.Contains("sorted", BreachedPasswords.FaultOf(path), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Without_a_list_nothing_is_found_and_one_that_is_missing_or_no_list_is_a_fault()
    {
        Assert.False(new BreachedPasswords(null).Contains("password"));
        Assert.Null(BreachedPasswords.FaultOf(null));
        Assert.Contains("not there", BreachedPasswords.FaultOf("/nowhere/list.txt"), StringComparison.Ordinal);
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "password\nletmein\n");
        Assert.Contains("SHA-1", BreachedPasswords.FaultOf(path), StringComparison.Ordinal);
        File.Delete(path);
    }

#pragma warning disable CA5350 // What such lists are made with.
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
