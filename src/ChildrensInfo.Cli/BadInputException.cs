namespace ChildrensInfo.Cli;

/// <summary>The command or a file given to it is wrong; the message says what, to the person who typed it.</summary>
public sealed class BadInputException(string message) : Exception(message);
