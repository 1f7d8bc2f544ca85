"""Pictures drawn by ourselves: titles, credits, slates and level pictures, with fonts of our own."""
