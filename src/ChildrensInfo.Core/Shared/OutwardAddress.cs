using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace ChildrensInfo.Core.Shared;

/// <summary>Addresses that lead off this machine and its own link. A council's private network is not among the refused: its provider, or its transcriber, may be in it.</summary>
public static class OutwardAddress
{
    private static readonly IPNetwork[] Inward =
    [
        .. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96" }.Select(n => IPNetwork.Parse(n)),
    ];

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(Inward, n => n.Contains(plain));
    }

    public static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) => ConnectAsync(context, Is, cancel);

    /// <param name="may">Which addresses may be spoken to.</param>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Func<IPAddress, bool> may, CancellationToken cancel)
    {
        // Resolved here and connected to what was looked at, so that a name cannot mean something else a moment later.
        var address = (await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel)).FirstOrDefault(may) ?? throw new HttpRequestException("That address is not one that the site may speak to.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
