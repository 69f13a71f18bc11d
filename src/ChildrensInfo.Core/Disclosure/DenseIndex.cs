using System.Numerics;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>Numbers the different keys it is given 0, 1, 2… in the order they come.</summary>
internal sealed class DenseIndex
{
    private ulong[] keys;
    private int[] numbers;
    private int mask;

    public DenseIndex(int expected = 1 << 9)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, expected) * 2);
        keys = new ulong[size];
        numbers = new int[size];
        mask = size - 1;
    }

    public int Count { get; private set; }

    public int Add(ulong key, out bool isNew)
    {
        var slot = Slot(key);
        while (numbers[slot] != 0)
        {
            if (keys[slot] == key)
            {
                isNew = false;
                return numbers[slot] - 1;
            }

            slot = (slot + 1) & mask;
        }

        isNew = true;
        keys[slot] = key;
        numbers[slot] = ++Count;
        if (Count * 2 > mask) Grow();
        return Count - 1;
    }

    /// <summary>Forgets everything, and is then of a size for so many keys, so that a few do not pay for room for many.</summary>
    public void Clear(int expected)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, expected) * 2);
        if (size > numbers.Length)
        {
            keys = new ulong[size];
            numbers = new int[size];
        }
        else
        {
            Array.Clear(numbers, 0, size);
        }

        mask = size - 1;
        Count = 0;
    }

    private int Slot(ulong key)
    {
        key *= 0x9E3779B97F4A7C15;
        return (int)(key >> 32) & mask;
    }

    private void Grow()
    {
        var (oldKeys, oldNumbers, oldSize) = (keys, numbers, mask + 1);
        keys = new ulong[oldSize * 2];
        numbers = new int[keys.Length];
        mask = keys.Length - 1;
        for (var i = 0; i < oldSize; i++)
        {
            if (oldNumbers[i] == 0) continue;
            var slot = Slot(oldKeys[i]);
            while (numbers[slot] != 0) slot = (slot + 1) & mask;
            keys[slot] = oldKeys[i];
            numbers[slot] = oldNumbers[i];
        }
    }
}
