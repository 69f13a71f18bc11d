using ChildrensInfo.Core.Files;

namespace ChildrensInfo.Tests.Support;

/// <summary>Records as the recorder of a page does: what came since is added to what the council has.</summary>
public static class Recorder
{
    /// <summary>Sends what there is since it was sent last.</summary>
    /// <param name="recording">Its address, in its visit.</param>
    public static async Task<HttpResponseMessage> AppendAsync(this TestClient client, string recording, long offset, byte[] bytes, int ms = 4000, string? gaps = null, bool ended = false, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{recording}/{offset}") { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("X-Recorded-Ms", $"{ms}");
        if (gaps is not null) request.Headers.Add("X-Recorded-Gaps", gaps);
        if (ended) request.Headers.Add("X-Recording-Ended", "true");
        request.Headers.Add("RequestVerificationToken", token ?? await client.AntiforgeryTokenAsync("/hear"));
        return await client.Http.SendAsync(request);
    }

    /// <summary>Sends all of it, to its end.</summary>
    /// <returns>What the last part was answered, or the first that was refused.</returns>
    public static async Task<HttpResponseMessage> RecordAsync(this TestClient client, string recording, byte[] sound, string? token = null)
    {
        token ??= await client.AntiforgeryTokenAsync("/hear");
        for (var at = 0; ; at += StoredFile.ChunkBytes)
        {
            var end = Math.Min(sound.Length, at + StoredFile.ChunkBytes);
            var answer = await client.AppendAsync(recording, at, sound[at..end], ended: end == sound.Length, token: token);
            if (end == sound.Length || !answer.IsSuccessStatusCode) return answer;
            answer.Dispose();
        }
    }
}
